// safetensors: what is written is read back; every kind of malformed file is refused with one message that says where
// and why.
#include "Files.h"

#include "runtime/load/Checkpoint.h"

#include <cstring>
#include <doctest/doctest.h>

using namespace heed::runtime;

namespace {

std::string withHeader(std::string_view header, size_t dataBytes) {
  return bytesOfValue(uint64_t(header.size())) + std::string(header) + std::string(dataBytes, '\0');
}
std::string refusal(std::string_view bytes) { return errorOf(parseSafeTensors("f", asBytes(bytes))); }

constexpr const char *good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

} // namespace

TEST_CASE("what is written is read back") {
  Folder folder;
  std::vector<float> a = {1, 2, 3, 4, 5, 6};
  std::vector<uint8_t> flags = {1, 0, 1};
  std::vector<int64_t> scalar = {-7};
  std::string path = folder("out.safetensors");
  REQUIRE(writeSafeTensors(path, std::vector{stored("flags", ElementType::Bool, {3}, flags),
                                             stored("a \"q\"\n\\", ElementType::F32, {2, 3}, a),
                                             stored("s", ElementType::I64, {}, scalar),
                                             stored("none", ElementType::F16, {0, 4}, flags)}));
  CHECK(folder.count() == 1); // no temporary left
  Result<Checkpoint> read = Checkpoint::open(path);
  REQUIRE(read);
  CHECK(read->architecture().empty());
  CHECK(read->tensors().size() == 4);
  const StoredTensor *found = read->find("a \"q\"\n\\");
  REQUIRE(found);
  CHECK(textOf(found->tensor.type, found->tensor.shape) == "f32 [2, 3]");
  CHECK(std::memcmp(found->tensor.data, a.data(), 24) == 0);
  CHECK(read->find("s")->tensor.shape.empty());
  CHECK(std::memcmp(read->find("s")->tensor.data, scalar.data(), 8) == 0);
  CHECK(read->find("none")->tensor.bytes() == 0);
  CHECK(std::memcmp(read->find("flags")->tensor.data, flags.data(), 3) == 0);
  CHECK(read->find("absent") == nullptr);
}

TEST_CASE("spaces, metadata and empty files of tensors are fine") {
  CHECK(refusal(withHeader(good, 8)) == "");
  CHECK(refusal(withHeader(R"({"__metadata__":{"format":"pt"},"a":{"shape":[],"data_offsets":[0,1],"dtype":"U8"}}   )",
                           1)) == "");
  CHECK(refusal(withHeader("{}", 0)) == "");
}

TEST_CASE("malformed safetensors") {
  auto tensor = [](std::string_view inner, size_t data = 8) {
    return refusal(withHeader(fmt::format(R"({{"a":{{{}}}}})", inner), data));
  };
  CHECK(refusal("") == "f: is 0 bytes long; a safetensors file begins with 8 bytes that give its header's length");
  CHECK(refusal("1234567") ==
        "f: is 7 bytes long; a safetensors file begins with 8 bytes that give its header's length");
  CHECK(refusal(bytesOfValue(uint64_t(100)) + "{}") ==
        "f: its first 8 bytes give a header of 100 bytes, but only 2 follow");
  CHECK(refusal(bytesOfValue(~uint64_t(0)) + "{}") ==
        "f: its first 8 bytes give a header of 18446744073709551615 bytes; at most 100000000 are allowed");
  CHECK(refusal(withHeader("", 0)).starts_with("f: malformed JSON at byte 1: "));
  CHECK(refusal(withHeader("{\"a\":", 0)).starts_with("f: malformed JSON at byte 6: syntax error"));
  CHECK(refusal(withHeader("{} {}", 0)).starts_with("f: malformed JSON at byte 4: "));
  CHECK(refusal(withHeader("{\"\xff\":1}", 0)).starts_with("f: malformed JSON at byte 3: "));
  CHECK(refusal(withHeader("[]", 0)) == "f: the header is an array, an object was expected");
  CHECK(refusal(withHeader(R"({"a":3})", 0)) == "f: `a` is 3, an object was expected");
  CHECK(refusal(withHeader(R"({"__metadata__":{"a":1}})", 0)) ==
        "f: `__metadata__` holds 1; it maps names to texts only");
  CHECK(refusal(withHeader(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{}})", 1)) ==
        "f: the key `a` occurs twice in one object");
  CHECK(refusal(withHeader(R"({"a":{"b":{"c":{"d":{}}}}})", 0)) ==
        "f: `a`: the key `b` is none of `dtype`, `shape`, `data_offsets`");
  CHECK(tensor(R"("dtype":"F32","shape":[2])") == "f: `a`: the key `data_offsets` is missing");
  CHECK(tensor(R"("dtype":"F4","shape":[2],"data_offsets":[0,8])") == "f: `a`: the dtype `F4` is not supported");
  CHECK(tensor(R"("dtype":7)") == "f: `a`: `dtype` holds 7, a text was expected");
  CHECK(tensor(R"("shape":"2")") == "f: `a`: `shape` holds `2`, an array was expected");
  CHECK(tensor(R"("shape":[2.5])") == "f: `a`: `shape` holds 2.5, a whole number was expected");
  CHECK(tensor(R"("shape":[[2]])") == "f: nested more than 3 deep");
  CHECK(tensor(R"("shape":[-2])") == "f: `a`: `shape` holds -2, which is negative");
  CHECK(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8,9])") ==
        "f: `a`: `data_offsets` has 3 numbers, 2 were expected");
  CHECK(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])") ==
        "f: `a`: `data_offsets` [8, 0] end before they begin");
  CHECK(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,16])") ==
        "f: `a`: `data_offsets` [0, 16] reach beyond the file's 8 bytes of data");
  CHECK(tensor(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])") ==
        "f: `a`: f32 [3] takes 12 bytes, but `data_offsets` [0, 8] are 8");
  CHECK(tensor(R"("dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8])") ==
        "f: `a`: the shape [4294967296, 4294967296] has more bytes than 63 bits can count");
  CHECK(tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])", 9) ==
        "f: data bytes 8 to 9, at the end of the file, belong to no tensor");
  CHECK(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])") == "f: data bytes 0 to 4 belong to no tensor");
  CHECK(
      refusal(withHeader(
          R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}})",
          6)) == "f: `b` begins at data byte 2, within `a`, which ends at 4");
}

TEST_CASE("every truncation of a good file is refused") {
  std::string file = withHeader(good, 8);
  for (size_t length = 0; length != file.size(); ++length)
    CHECK(refusal(std::string_view(file).substr(0, length)) != "");
}

TEST_CASE("names in messages can't command a terminal") {
  std::string message = refusal(withHeader(R"({"\u001b[2J":1})", 0));
  CHECK(message == "f: `\\x1b[2J` is 1, an object was expected");
}

TEST_CASE("nothing half-written remains") {
  Folder folder;
  std::vector<float> a = {1};
  auto tensors = std::vector{stored("a", ElementType::F32, {1}, a)};
  CHECK(errorOf(writeSafeTensors(folder("no/such/out"), tensors)) ==
        folder("no/such/out") + ": can't be written: No such file or directory");
  CHECK(
      errorOf(writeSafeTensors(folder(""), tensors)).ends_with("is a folder, so no file of this name can be written"));
  std::string full = "/dev/full";
  CHECK(errorOf(writeSafeTensors(full, tensors)) == "/dev/full: can't be written: No space left on device");
  CHECK(std::filesystem::is_character_file(full)); // and not replaced by a file
  CHECK(folder.count() == 0);
}
