// The reader of llama2.c weight files. All sizes are checked against the file's length before anything is made of them.
#include "runtime/load/Llama2c.h"

#include <array>
#include <cstring>

namespace heed::runtime {
namespace {

struct Header {
  int32_t dim, hidden, layers, heads, kvHeads, vocab, context;
  bool sharedClassifier; // vocab is positive in the file

  int64_t headSize() const { return dim / heads; }
  int64_t kvDim() const { return headSize() * kvHeads; }
};

constexpr size_t headerBytes = 7 * sizeof(int32_t);

Result<Header> readHeader(const std::string &name, std::span<const std::byte> bytes) {
  if (bytes.size() < headerBytes)
    return failure("{}: is {} bytes long; a llama2.c file begins with a header of {}", name, bytes.size(), headerBytes);
  std::array<int32_t, 7> fields;
  std::memcpy(fields.data(), bytes.data(), headerBytes);
  bool shared = fields[5] > 0;
  if (!shared) // the minimum has no positive twin, stays negative and is refused below
    fields[5] = int32_t(-uint32_t(fields[5]));

  struct Range {
    const char *field;
    int32_t most;
  };
  constexpr std::array<Range, 7> ranges = {{{"dim", 1 << 20},
                                            {"hidden_dim", 1 << 22},
                                            {"n_layers", 1 << 12},
                                            {"n_heads", 1 << 14},
                                            {"n_kv_heads", 1 << 14},
                                            {"vocab_size", 1 << 24},
                                            {"seq_len", 1 << 24}}};
  for (size_t i = 0; i != ranges.size(); ++i)
    if (fields[i] < 1 || fields[i] > ranges[i].most)
      return failure("{}: byte {}: `{}` is {}; 1 to {} were expected of a llama2.c file", name, 4 * i, ranges[i].field,
                     fields[i], ranges[i].most);

  auto [dim, hidden, layers, heads, kvHeads, vocab, context] = fields;
  if (dim % heads != 0 || dim / heads % 2 != 0)
    return failure("{}: `dim` {} is not an even multiple of `n_heads` {}", name, dim, heads);
  if (heads % kvHeads != 0)
    return failure("{}: `n_heads` {} is not a multiple of `n_kv_heads` {}", name, heads, kvHeads);
  return Header{dim, hidden, layers, heads, kvHeads, vocab, context, shared};
}

struct Array {
  const char *name;
  bool perLayer;
  Shape shape; // of one layer
};

/// In the order of the file.
std::vector<Array> arraysOf(const Header &h) {
  std::vector<Array> arrays = {{"token_embedding_table", false, {h.vocab, h.dim}},
                               {"rms_att_weight", true, {h.dim}},
                               {"wq", true, {h.dim, h.dim}},
                               {"wk", true, {h.kvDim(), h.dim}},
                               {"wv", true, {h.kvDim(), h.dim}},
                               {"wo", true, {h.dim, h.dim}},
                               {"rms_ffn_weight", true, {h.dim}},
                               {"w1", true, {h.hidden, h.dim}},
                               {"w2", true, {h.dim, h.hidden}},
                               {"w3", true, {h.hidden, h.dim}},
                               {"rms_final_weight", false, {h.dim}},
                               {"freq_cis_real", false, {h.context, h.headSize() / 2}},
                               {"freq_cis_imag", false, {h.context, h.headSize() / 2}}};
  if (!h.sharedClassifier)
    arrays.push_back({"wcls", false, {h.vocab, h.dim}});
  return arrays;
}

Config configOf(const Header &h) {
  auto number = [](int64_t value) { return ConfigValue{value}; };
  return {{"dim", number(h.dim)},
          {"hidden_dim", number(h.hidden)},
          {"n_layers", number(h.layers)},
          {"n_heads", number(h.heads)},
          {"n_kv_heads", number(h.kvHeads)},
          {"vocab_size", number(h.vocab)},
          {"seq_len", number(h.context)},
          {"shared_classifier", ConfigValue{h.sharedClassifier}}};
}

} // namespace

Result<Llama2cFile> parseLlama2c(const std::string &name, std::span<const std::byte> bytes) {
  Result<Header> header = readHeader(name, bytes);
  if (!header)
    return header.error();
  std::vector<Array> arrays = arraysOf(*header);
  CheckedSize needed = headerBytes;
  for (const Array &array : arrays)
    needed = needed + bytesOf(ElementType::F32, array.shape) * (array.perLayer ? header->layers : 1);
  if (!needed.isValid() || needed.value() != bytes.size())
    return failure("{}: is {} bytes long, but the llama2.c header at its beginning (dim {}, hidden_dim {}, n_layers "
                   "{}, n_heads {}, n_kv_heads {}, "
                   "vocab_size {}, seq_len {}) makes {}",
                   name, bytes.size(), header->dim, header->hidden, header->layers, header->heads, header->kvHeads,
                   header->vocab, header->context,
                   needed.isValid() ? std::to_string(needed.value()) : "more than 63 bits can count");

  Llama2cFile file{configOf(*header), {}};
  const std::byte *next = bytes.data() + headerBytes;
  for (const Array &array : arrays)
    for (int32_t layer = 0; layer != (array.perLayer ? header->layers : 1); ++layer) {
      std::string stored = array.perLayer ? fmt::format("layers.{}.{}", layer, array.name) : array.name;
      file.tensors.push_back({std::move(stored), {ElementType::F32, array.shape, next}});
      next += file.tensors.back().tensor.bytes();
    }
  return file;
}

} // namespace heed::runtime
