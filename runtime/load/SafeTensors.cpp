// Reading and writing of safetensors (github.com/huggingface/safetensors, "Format").
#include "runtime/load/SafeTensors.h"

#include "runtime/load/Json.h"
#include "runtime/load/NewFile.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>

namespace heed::runtime {
namespace {

constexpr size_t prefixBytes = 8;
constexpr uint64_t longestHeader = 100'000'000; // the format's own limit
constexpr size_t mostAxes = 64;
constexpr size_t mostTensors = 65'536;    // in one file; the largest published checkpoints have some hundreds in each
constexpr size_t mostNameBytes = 8 << 20; // of all of them
constexpr size_t mostValues = 700'000;

struct TypeName {
  std::string_view name;
  ElementType type;
};
constexpr TypeName typeNames[] = {{"F64", ElementType::F64},   {"F32", ElementType::F32}, {"F16", ElementType::F16},
                                  {"BF16", ElementType::BF16}, {"I64", ElementType::I64}, {"I32", ElementType::I32},
                                  {"I16", ElementType::I16},   {"I8", ElementType::I8},   {"U64", ElementType::U64},
                                  {"U32", ElementType::U32},   {"U16", ElementType::U16}, {"U8", ElementType::U8},
                                  {"BOOL", ElementType::Bool}};

/// Reads `{"name": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "__metadata__": {"key": "text"}}`.
class HeaderReader final : public JsonHandler {
public:
  struct Entry {
    std::string name;
    ElementType type;
    Shape shape;
    uint64_t begin, end;
  };
  std::deque<Entry> entries; // grows without a second copy

  std::string beginObject() override {
    switch (state) {
    case Start:
      return state = Names, "";
    case Tensor:
      return state = Fields, "";
    case Metadata:
      return state = MetadataKeys, "";
    default:
      return wrong("an object");
    }
  }
  std::string key(std::string_view text) override {
    if (state == Names) {
      name = text;
      current = {};
      state = text == "__metadata__" ? Metadata : Tensor;
    } else if (state == Fields) {
      field = text;
      if (text != "dtype" && text != "shape" && text != "data_offsets")
        return fmt::format("{}: the key {} is none of `dtype`, `shape`, `data_offsets`", ticked(name), ticked(text));
    }
    return "";
  }
  std::string endObject() override {
    bool tensorDone = state == Fields;
    state = state == Names ? Done : Names;
    if (!tensorDone)
      return "";
    for (auto [given, key] : {std::pair(current.type.has_value(), "dtype"),
                              {current.shape.has_value(), "shape"},
                              {current.offsets.has_value(), "data_offsets"}})
      if (!given)
        return fmt::format("{}: the key `{}` is missing", ticked(name), key);
    if (current.offsets->size() != 2)
      return fmt::format("{}: `data_offsets` has {} numbers, 2 were expected", ticked(name), current.offsets->size());
    if (entries.size() == mostTensors)
      return fmt::format("holds more than {} tensors", mostTensors);
    if ((nameBytes += name.size()) > mostNameBytes)
      return fmt::format("the names of its tensors are more than {} bytes", mostNameBytes);
    entries.push_back({std::move(name), *current.type, std::move(*current.shape), uint64_t((*current.offsets)[0]),
                       uint64_t((*current.offsets)[1])});
    return "";
  }

  std::string beginArray() override {
    if (state != Fields || field == "dtype")
      return wrong("an array");
    (field == "shape" ? current.shape : current.offsets).emplace();
    return state = Numbers, "";
  }
  std::string endArray() override { return state = Fields, ""; }
  std::string integer(int64_t value) override {
    if (state != Numbers)
      return wrong(std::to_string(value));
    if (value < 0)
      return fmt::format("{}: `{}` holds {}, which is negative", ticked(name), field, value);
    Shape &numbers = field == "shape" ? *current.shape : *current.offsets;
    if (numbers.size() == mostAxes)
      return fmt::format("{}: `{}` has more than {} numbers", ticked(name), field, mostAxes);
    return numbers.push_back(value), "";
  }
  std::string text(std::string_view value) override {
    if (state == MetadataKeys)
      return "";
    if (state != Fields || field != "dtype")
      return wrong(ticked(value));
    for (const TypeName &known : typeNames)
      if (known.name == value)
        current.type = known.type;
    return current.type ? "" : fmt::format("{}: the dtype {} is not supported", ticked(name), ticked(value));
  }
  std::string real(double value) override { return wrong(fmt::format("{:#}", value)); }
  std::string boolean(bool value) override { return wrong(value ? "true" : "false"); }
  std::string null() override { return wrong("null"); }

private:
  std::string wrong(const std::string &found) const {
    switch (state) {
    case Start:
      return fmt::format("the header is {}, an object was expected", found);
    case Tensor:
      return fmt::format("{} is {}, an object was expected", ticked(name), found);
    case Metadata:
    case MetadataKeys:
      return fmt::format("`__metadata__` holds {}; it maps names to texts only", found);
    default:
      return fmt::format("{}: `{}` holds {}, {} was expected", ticked(name), field, found,
                         field == "dtype"   ? "a text"
                         : state == Numbers ? "a whole number"
                                            : "an array");
    }
  }

  enum { Start, Names, Tensor, Fields, Numbers, Metadata, MetadataKeys, Done } state = Start;
  std::string name, field;
  size_t nameBytes = 0;
  struct {
    std::optional<ElementType> type;
    std::optional<Shape> shape, offsets;
  } current;
};

/// Every byte of `dataBytes` belongs to exactly one tensor, and each tensor has as many as its shape needs.
Result<void> checkPlaces(const std::string &file, std::deque<HeaderReader::Entry> &entries, uint64_t dataBytes) {
  std::sort(entries.begin(), entries.end(),
            [](auto &a, auto &b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  uint64_t covered = 0;
  const HeaderReader::Entry *before = nullptr;
  for (const HeaderReader::Entry &entry : entries) {
    std::string name = ticked(entry.name);
    if (entry.begin > entry.end)
      return failure("{}: {}: `data_offsets` [{}, {}] end before they begin", file, name, entry.begin, entry.end);
    if (entry.end > dataBytes)
      return failure("{}: {}: `data_offsets` [{}, {}] reach beyond the file's {} bytes of data", file, name,
                     entry.begin, entry.end, dataBytes);
    CheckedSize needed = bytesOf(entry.type, entry.shape);
    if (!needed.isValid())
      return failure("{}: {}: the shape {} has more bytes than 63 bits can count", file, name, textOf(entry.shape));
    if (needed.value() != entry.end - entry.begin)
      return failure("{}: {}: {} takes {} bytes, but `data_offsets` [{}, {}] are {}", file, name,
                     textOf(entry.type, entry.shape), needed.value(), entry.begin, entry.end, entry.end - entry.begin);
    if (entry.begin < covered)
      return failure("{}: {} begins at data byte {}, within {}, which ends at {}", file, name, entry.begin,
                     ticked(before->name), covered);
    if (entry.begin > covered)
      return failure("{}: data bytes {} to {} belong to no tensor", file, covered, entry.begin);
    covered = entry.end;
    before = &entry;
  }
  if (covered != dataBytes)
    return failure("{}: data bytes {} to {}, at the end of the file, belong to no tensor", file, covered, dataBytes);
  return {};
}

} // namespace

Result<std::vector<StoredTensor>> parseSafeTensors(const std::string &name, std::span<const std::byte> bytes) {
  if (bytes.size() < prefixBytes)
    return failure("{}: is {} bytes long; a safetensors file begins with 8 bytes that give its header's length", name,
                   bytes.size());
  uint64_t headerBytes; // little endian, as this machine is
  std::memcpy(&headerBytes, bytes.data(), prefixBytes);
  uint64_t behind = bytes.size() - prefixBytes;
  if (headerBytes > longestHeader)
    return failure("{}: its first 8 bytes give a header of {} bytes; at most {} are allowed", name, headerBytes,
                   longestHeader);
  if (headerBytes > behind)
    return failure("{}: its first 8 bytes give a header of {} bytes, but only {} follow", name, headerBytes, behind);

  std::string_view header(reinterpret_cast<const char *>(bytes.data()) + prefixBytes, headerBytes);
  HeaderReader reader;
  if (Result<void> read = readJson(name, header, {/*depth=*/3, mostValues, /*token=*/1 << 20}, reader); !read)
    return read.error();
  if (Result<void> placed = checkPlaces(name, reader.entries, behind - headerBytes); !placed)
    return placed.error();

  std::vector<StoredTensor> tensors;
  tensors.reserve(reader.entries.size());
  const std::byte *data = bytes.data() + prefixBytes + headerBytes;
  for (HeaderReader::Entry &entry : reader.entries)
    tensors.push_back({std::move(entry.name), {entry.type, std::move(entry.shape), data + entry.begin}});
  std::sort(tensors.begin(), tensors.end(), [](auto &a, auto &b) { return a.name < b.name; });
  return tensors;
}

namespace {

std::string_view storedName(ElementType type) {
  for (const TypeName &known : typeNames)
    if (known.type == type)
      return known.name;
  return {};
}

} // namespace

Result<void> writeSafeTensors(const std::string &path, std::span<const StoredTensor> tensors,
                              const std::map<std::string, std::string> &metadata) {
  // Without holes a tensor is aligned if all before it are multiples of its width: the widest first, as the format's
  // own writer does.
  std::vector<const StoredTensor *> order;
  for (const StoredTensor &tensor : tensors)
    order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](auto *a, auto *b) {
    int64_t widthA = bytesOf(a->tensor.type), widthB = bytesOf(b->tensor.type);
    return widthA != widthB ? widthA > widthB : a->name < b->name;
  });

  std::vector<std::string> entries, pairs;
  for (const auto &[key, value] : metadata)
    pairs.push_back(fmt::format("{}:{}", jsonText(key), jsonText(value)));
  if (!pairs.empty())
    entries.push_back(fmt::format("\"__metadata__\":{{{}}}", fmt::join(pairs, ",")));
  size_t begin = 0;
  for (const StoredTensor *stored : order) {
    size_t end = begin + stored->tensor.bytes();
    entries.push_back(fmt::format("{}:{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}",
                                  jsonText(stored->name), storedName(stored->tensor.type),
                                  fmt::join(stored->tensor.shape, ","), begin, end));
    begin = end;
  }
  std::string header = fmt::format("{{{}}}", fmt::join(entries, ","));
  header.resize((header.size() + 7) / 8 * 8, ' ');
  uint64_t headerBytes = header.size();

  Result<NewFile> file = NewFile::create(path);
  if (!file)
    return file.error();
  Result<void> written = file->write(std::as_bytes(std::span(&headerBytes, 1)));
  if (written)
    written = file->write(header);
  for (const StoredTensor *stored : order)
    if (written)
      written = file->write({stored->tensor.data, stored->tensor.bytes()});
  return written ? file->commit() : written;
}

} // namespace heed::runtime
