// The weight file of llama2.c: the trained one, and malformed ones.
#include "Files.h"

#include "runtime/load/Checkpoint.h"
#include "runtime/load/Llama2c.h"

#include <cstring>
#include <doctest/doctest.h>

using namespace heed::runtime;

namespace {

using Header = std::array<int32_t, 7>;
constexpr Header small = {4, 6, 2, 2, 1, 5, 3}; // dim, hidden, layers, heads, kv heads, vocab, context
constexpr size_t smallFloats = 5 * 4 + 2 * (4 + 16 + 8 + 8 + 16 + 4 + 3 * 24) + 4 + 2 * 3; // as the format lists them

std::string fileOf(Header header, size_t floats = smallFloats) {
  return std::string(reinterpret_cast<const char *>(header.data()), sizeof header) + std::string(floats * 4, '\0');
}
std::string refusal(std::string_view bytes) { return errorOf(parseLlama2c("f", asBytes(bytes))); }
std::string refusal(size_t field, int32_t value) {
  Header header = small;
  header[field] = value;
  return refusal(fileOf(header));
}

int64_t intOf(const Config &config, const char *key) { return std::get<int64_t>(config.at(key).value); }

} // namespace

TEST_CASE("the trained file") {
  Result<Checkpoint> read = Checkpoint::open(HEED_EXAMPLES "/stories/stories260K.bin");
  REQUIRE(read);
  CHECK(read->architecture() == "llama2.c");
  CHECK(intOf(read->config(), "dim") == 64);
  CHECK(intOf(read->config(), "hidden_dim") == 172);
  CHECK(intOf(read->config(), "n_layers") == 5);
  CHECK(intOf(read->config(), "n_heads") == 8);
  CHECK(intOf(read->config(), "n_kv_heads") == 4);
  CHECK(intOf(read->config(), "vocab_size") == 512);
  CHECK(intOf(read->config(), "seq_len") == 512);
  CHECK(std::get<bool>(read->config().at("shared_classifier").value));
  CHECK(read->tensors().size() == 4 + 5 * 9);
  CHECK(read->find("layers.4.wk")->tensor.shape == Shape{32, 64});
  CHECK(read->find("freq_cis_imag")->tensor.shape == Shape{512, 4});
  CHECK(read->find("wcls") == nullptr);
}

TEST_CASE("arrays lie in the format's order") {
  std::string bytes = fileOf(small);
  for (size_t i = 0; i != smallFloats; ++i) {
    float value = float(i);
    std::memcpy(bytes.data() + 28 + 4 * i, &value, 4);
  }
  Result<Llama2cFile> read = parseLlama2c("f", asBytes(bytes));
  REQUIRE(read);
  auto first = [&](std::string_view name) {
    for (const StoredTensor &stored : read->tensors)
      if (stored.name == name) {
        float value;
        std::memcpy(&value, stored.tensor.data, 4);
        return value;
      }
    return -1.0f;
  };
  CHECK(first("token_embedding_table") == 0);
  CHECK(first("layers.1.rms_att_weight") == 24);
  CHECK(first("layers.0.wq") == 28);
  CHECK(first("layers.1.wk") == 68);
  CHECK(first("layers.0.wv") == 76);
  CHECK(first("layers.0.wo") == 92);
  CHECK(first("layers.0.rms_ffn_weight") == 124);
  CHECK(first("layers.1.w3") == 252);
  CHECK(first("rms_final_weight") == 276);
  CHECK(first("freq_cis_imag") == 283);
}

TEST_CASE("a negative vocabulary brings its own classifier") {
  Header header = small;
  header[5] = -5;
  std::string bytes = fileOf(header, smallFloats + 5 * 4);
  Result<Llama2cFile> read = parseLlama2c("f", asBytes(bytes));
  REQUIRE(read);
  CHECK(read->tensors.back().name == "wcls");
  CHECK(read->tensors.back().tensor.shape == Shape{5, 4});
  CHECK(std::get<int64_t>(read->config.at("vocab_size").value) == 5);
  CHECK_FALSE(std::get<bool>(read->config.at("shared_classifier").value));
}

TEST_CASE("malformed llama2.c files") {
  CHECK(refusal(fileOf(small)) == "");
  CHECK(refusal("") == "f: is 0 bytes long; a llama2.c file begins with a header of 28");
  CHECK(refusal(std::string(27, '\1')) == "f: is 27 bytes long; a llama2.c file begins with a header of 28");
  CHECK(refusal(0, 0) == "f: byte 0: `dim` is 0; 1 to 1048576 were expected of a llama2.c file");
  CHECK(refusal(0, -4) == "f: byte 0: `dim` is -4; 1 to 1048576 were expected of a llama2.c file");
  CHECK(refusal(1, INT32_MAX) ==
        "f: byte 4: `hidden_dim` is 2147483647; 1 to 4194304 were expected of a llama2.c file");
  CHECK(refusal(2, 1 << 30) == "f: byte 8: `n_layers` is 1073741824; 1 to 4096 were expected of a llama2.c file");
  CHECK(refusal(3, 0) == "f: byte 12: `n_heads` is 0; 1 to 16384 were expected of a llama2.c file");
  CHECK(refusal(4, -1) == "f: byte 16: `n_kv_heads` is -1; 1 to 16384 were expected of a llama2.c file");
  CHECK(refusal(5, 0) == "f: byte 20: `vocab_size` is 0; 1 to 16777216 were expected of a llama2.c file");
  CHECK(refusal(5, INT32_MIN) ==
        "f: byte 20: `vocab_size` is -2147483648; 1 to 16777216 were expected of a llama2.c file");
  CHECK(refusal(6, 0) == "f: byte 24: `seq_len` is 0; 1 to 16777216 were expected of a llama2.c file");
  CHECK(refusal(3, 3) == "f: `dim` 4 is not an even multiple of `n_heads` 3");
  CHECK(refusal(3, 4) == "f: `dim` 4 is not an even multiple of `n_heads` 4");
  CHECK(refusal(4, 3) == "f: `n_heads` 2 is not a multiple of `n_kv_heads` 3");
  CHECK(refusal(fileOf(small, smallFloats - 1)) ==
        "f: is 1168 bytes long, but the llama2.c header at its beginning (dim 4, hidden_dim 6, n_layers 2, n_heads 2, "
        "n_kv_heads 1, vocab_size 5, "
        "seq_len 3) makes 1172");
  CHECK(refusal(fileOf(small) + "x").starts_with("f: is 1173 bytes long"));
  CHECK(refusal(fileOf({1 << 20, 1 << 22, 1 << 12, 1 << 14, 1 << 14, 1 << 24, 1 << 24}))
            .ends_with("makes 288300783554789404"));
}

TEST_CASE("formats are told by content") {
  Folder folder;
  CHECK(errorOf(Checkpoint::open(folder("a.safetensors", fileOf(small)))).find("give a header of") !=
        std::string::npos); // or by name
  CHECK(Checkpoint::open(folder("weights", fileOf(small)))->architecture() == "llama2.c");
  Header braces = {4, 6, 123, 2, 1, 5, 3}; // 123 is an opening brace where safetensors begin their JSON
  CHECK(errorOf(Checkpoint::open(folder("braces", fileOf(braces)))).find("llama2.c header") != std::string::npos);
  CHECK(errorOf(Checkpoint::open(folder("absent"))) ==
        folder("absent") + ": can't be opened: No such file or directory");
  CHECK(errorOf(Checkpoint::open(folder("empty", ""))) ==
        folder("empty") + ": is 0 bytes long; a llama2.c file begins with a header of 28");
}
