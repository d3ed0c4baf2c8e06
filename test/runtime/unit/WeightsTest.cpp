// Parts of parameters: stacked, joined, transposed, copied, converted; and everything that does not fit, told at once.
#include "Files.h"
#include "StoriesModel.h"

#include "runtime/load/Weights.h"

#include <cstring>
#include <doctest/doctest.h>

using namespace heed::runtime;
using enum ElementType;

namespace {

// Two parameters: `w` stacks two layers of [3, 4], the last axis joined from a (2 wide, stored transposed) and b (2
// wide); `tied` is [2].
const int64_t wShape[] = {2, 3, 4}, tiedShape[] = {2};
const char *const copies[] = {"out", nullptr};
const heed_part wParts[] = {{"0.a", 1, 0, 0, 2, nullptr},
                            {"0.b", 0, 0, 2, 2, nullptr},
                            {"1.a", 1, 1, 0, 2, nullptr},
                            {"1.b", 0, 1, 2, 2, nullptr}};
const heed_part tiedPart = {"in", 0, -1, 0, 2, copies};
const heed_parameter parameters[] = {{"*.w", HEED_F32, 3, wShape, 1, 0, 4, wParts},
                                     {"tied", HEED_BF16, 1, tiedShape, 0, 128, 1, &tiedPart}};
const char *const ignored[] = {"*.mask", "buf*er"};
const heed_model model = {HEED_ABI_VERSION, "Small", "0", "f32",   "x86-64", "",      2,
                          parameters,       132,     2,   ignored, 0,        nullptr, nullptr};

/// A file with all that the model wants; tests change it before they write it.
struct File {
  std::vector<float> a0 = {0, 10, 20, 1, 11, 21}, b0 = {2, 3, 12, 13, 22, 23}, a1 = {100, 110, 120, 101, 111, 121},
                     b1 = {102, 103, 112, 113, 122, 123};
  std::vector<float> in = {1, 2};
  std::vector<StoredTensor> tensors = {stored("0.a", F32, {2, 3}, a0), stored("0.b", F32, {3, 2}, b0),
                                       stored("1.a", F32, {2, 3}, a1), stored("1.b", F32, {3, 2}, b1),
                                       stored("in", F32, {2}, in)};
  Folder folder;

  Result<Weights> load() const {
    REQUIRE(writeSafeTensors(folder("w"), tensors));
    Result<Checkpoint> checkpoint = Checkpoint::open(folder("w"));
    REQUIRE(checkpoint);
    return Weights::fromCheckpoint(model, *checkpoint);
  }
};

} // namespace

TEST_CASE("parts find their places") {
  File file;
  Result<Weights> weights = file.load();
  REQUIRE(weights);
  CHECK(reinterpret_cast<uintptr_t>(weights->image()) % HEED_ALIGNMENT == 0);
  auto *w = reinterpret_cast<const float *>(weights->image());
  for (int layer = 0; layer != 2; ++layer)
    for (int row = 0; row != 3; ++row)
      for (int column = 0; column != 4; ++column)
        CHECK(*w++ == 100 * layer + 10 * row + column);
  auto *tied = reinterpret_cast<const uint16_t *>(weights->image() + 128);
  CHECK(tied[0] == 0x3f80); // 1 as bf16
  CHECK(tied[1] == 0x4000);
}

TEST_CASE("large transposed parts") { // more than one block of columns
  constexpr int64_t rows = 5, columns = 37;
  const int64_t shape[] = {rows, columns};
  const heed_part part = {"t", 1, -1, 0, columns, nullptr};
  const heed_parameter parameter = {"t", HEED_F32, 2, shape, 0, 0, 1, &part};
  heed_model large = model;
  large.parameter_count = 1, large.parameters = &parameter, large.weights_bytes = rows * columns * 4;
  std::vector<float> values;
  for (int64_t c = 0; c != columns; ++c)
    for (int64_t r = 0; r != rows; ++r)
      values.push_back(float(r * columns + c));
  Folder folder;
  REQUIRE(writeSafeTensors(folder("w"), std::vector{stored("t", F32, {columns, rows}, values)}));
  Result<Weights> weights = Weights::fromCheckpoint(large, *Checkpoint::open(folder("w")));
  REQUIRE(weights);
  for (int64_t i = 0; i != rows * columns; ++i)
    REQUIRE(reinterpret_cast<const float *>(weights->image())[i] == float(i));
}

TEST_CASE("copies stand in for each other, and must be equal") {
  File file;
  file.tensors.back().name = "out";
  CHECK(file.load());
  file.tensors.push_back(stored("in", F32, {2}, file.in));
  CHECK(file.load());
  std::vector<float> other = {1, 3};
  file.tensors.back() = stored("in", F32, {2}, other);
  CHECK(errorOf(file.load()) == file.folder("w") +
                                    ": 1 tensor does not fit the model `Small`\n"
                                    "  different: `in` and `out`, which the model holds as one (`tied`)\n  `heed "
                                    "explain E0708` tells how each of these is mended");
}

TEST_CASE("ignored names are patterns") {
  File file;
  for (const char *name : {"h.0.mask", ".mask", "buffer", "buf.x.er"})
    file.tensors.push_back(stored(name, I64, {0}, file.in));
  CHECK(file.load());
  file.tensors.push_back(stored("h.masks", U8, {0}, file.in));
  CHECK(errorOf(file.load()) == file.folder("w") + ": 1 tensor does not fit the model `Small`\n  left over: `h.masks`, "
                                                   "u8 [0]\n  `heed explain E0708` tells how each of these is mended");
}

TEST_CASE("all disagreements at once, with both shapes") {
  File file;
  std::vector<int32_t> integers = {1, 2};
  file.tensors[0].tensor.shape = {3, 2};
  file.tensors[1].name = "0.c";
  file.tensors[4] = stored("in", I32, {2}, integers);
  CHECK(errorOf(file.load()) ==
        file.folder("w") + ": 4 tensors do not fit the model `Small`\n"
                           "  wrong shape: `0.a` is f32 [3, 2] in the file, f32 [2, 3] in the model (`*.w`)\n"
                           "  missing: `0.b`, f32 [3, 2] for `*.w`\n"
                           "  wrong type: `in` is i32 [2] in the file, bf16 [2] in the model (`tied`)\n"
                           "  left over: `0.c`, f32 [3, 2]\n  `heed explain E0708` tells how each of these is mended");
}

TEST_CASE("a stored tensor fills one place") {
  heed_part parts[] = {tiedPart, {"0.a", 0, -1, 0, 2, nullptr}};
  heed_parameter twice[] = {parameters[0], parameters[1]};
  twice[1].parts = &parts[1];
  heed_model wrong = model;
  wrong.parameters = twice;
  File file;
  REQUIRE(file.load());
  std::string error = errorOf(Weights::fromCheckpoint(wrong, *Checkpoint::open(file.folder("w"))));
  CHECK(error.find("\n  wanted twice: `0.a`, for `*.w` and for `tied`\n") != std::string::npos);
}

TEST_CASE("what was read is written back") {
  File file;
  file.tensors.back().tensor.type = F32;
  Result<Weights> weights = file.load();
  REQUIRE(weights->save(model, file.folder("back")));
  Result<Checkpoint> back = Checkpoint::open(file.folder("back"));
  REQUIRE(back);
  CHECK(back->tensors().size() == file.tensors.size());
  for (const StoredTensor &tensor : file.tensors) {
    const StoredTensor *found = back->find(tensor.name);
    REQUIRE(found);
    CHECK(found->tensor.shape == tensor.tensor.shape);
    if (found->tensor.type == F32)
      CHECK(std::memcmp(found->tensor.data, tensor.tensor.data, tensor.tensor.bytes()) == 0);
  }
  CHECK(contentOf(file.folder("back")).find(R"({"__metadata__":{"format":"pt"},"0.a":{"dtype":"F32","shape":[2,3],)") ==
        8);
}

TEST_CASE("initialisers give the same bits for any number of threads, other bits for another seed") {
  const heed_model &stories = *heed_stories();
  Cpu one(1), three(3);
  Result<Weights> a = Weights::initialised(stories, one, 7), b = Weights::initialised(stories, three, 7),
                  c = Weights::initialised(stories, one, 8);
  REQUIRE(a);
  CHECK(a->size() == size_t(stories.weights_bytes));
  CHECK(std::memcmp(a->image(), b->image(), a->size()) == 0);
  CHECK(std::memcmp(a->image(), c->image(), a->size()) != 0);
}

TEST_CASE("the image as a file") {
  File file;
  Result<Weights> weights = file.load();
  REQUIRE(weights->write(file.folder("image")));
  std::string image = contentOf(file.folder("image"));
  CHECK(image == std::string(reinterpret_cast<const char *>(weights->image()), weights->size()));
  CHECK(image.substr(96, 32) == std::string(32, '\0')); // padding between parameters
}
