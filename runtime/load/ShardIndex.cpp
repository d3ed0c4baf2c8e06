// The index of a sharded checkpoint.
#include "runtime/load/ShardIndex.h"

#include "runtime/load/Json.h"

#include <algorithm>

namespace heed::runtime {
namespace {

constexpr size_t longest = 64 << 20;
constexpr size_t mostFiles = 4096;
constexpr size_t mostTensors = 200'000;

/// Reads `{"metadata": {…}, "weight_map": {"h.0.weight": "model-00001-of-00002.safetensors"}}`.
class IndexReader final : public JsonHandler {
public:
  ShardIndex index;
  bool mapped = false;

  std::string beginObject() override {
    if (depth == 1 && outer == "weight_map")
      mapped = true;
    else if (inMap())
      return wrong("an object");
    return ++depth, "";
  }
  std::string key(std::string_view name) override {
    (depth == 1 ? outer : inner) = name;
    return "";
  }
  std::string endObject() override { return --depth, ""; }
  std::string beginArray() override {
    if (std::string fault = other("an array"); !fault.empty())
      return fault;
    return ++depth, "";
  }
  std::string endArray() override { return --depth, ""; }

  std::string text(std::string_view value) override {
    if (!inMap())
      return other(ticked(value));
    if (std::string fault = faultOf(value); !fault.empty())
      return fault;
    if (index.size() == mostFiles && !index.contains(value))
      return fmt::format("more than {} files are named", mostFiles);
    index[std::string(value)].push_back(inner);
    return "";
  }
  std::string integer(int64_t value) override { return other(std::to_string(value)); }
  std::string real(double value) override { return other(fmt::format("{}", value)); }
  std::string boolean(bool value) override { return other(value ? "true" : "false"); }
  std::string null() override { return other("null"); }

private:
  bool inMap() const { return depth == 2 && outer == "weight_map"; }
  std::string wrong(const std::string &found) const {
    return fmt::format("`weight_map`: {} is {}, a file's name was expected", ticked(inner), found);
  }
  /// A value that names no file: wrong where a file, or the map itself, should stand.
  std::string other(const std::string &found) const {
    if (depth == 0)
      return fmt::format("the outermost value is {}, an object was expected", found);
    if (depth == 1 && outer == "weight_map")
      return fmt::format("`weight_map` is {}, an object was expected", found);
    return inMap() ? wrong(found) : "";
  }
  std::string faultOf(std::string_view file) const {
    bool plain = file.find('/') == std::string_view::npos && file.find('\0') == std::string_view::npos;
    return plain && file.ends_with(".safetensors") && file.front() != '.'
               ? ""
               : fmt::format("`weight_map`: {} is in {}, which is not the name of a .safetensors file in this folder",
                             ticked(inner), ticked(file));
  }

  int depth = 0;
  std::string outer, inner;
};

} // namespace

Result<ShardIndex> parseShardIndex(const std::string &name, std::string_view text) {
  if (text.size() > longest)
    return failure("{}: is {} bytes long; at most {} are read", name, text.size(), longest);
  IndexReader reader;
  if (Result<void> read = readJson(name, text, {/*depth=*/8, mostTensors, /*token=*/1 << 20}, reader); !read)
    return read.error();
  if (!reader.mapped)
    return failure("{}: the key `weight_map` is missing, which says what file holds each tensor", name);
  for (auto &[file, names] : reader.index)
    std::sort(names.begin(), names.end());
  return std::move(reader.index);
}

} // namespace heed::runtime
