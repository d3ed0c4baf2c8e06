// config.json, flattened while it is read.
#include "runtime/load/Config.h"

#include "runtime/load/Json.h"

#include <cstring>

namespace heed::runtime {
namespace {

class ConfigReader final : public JsonHandler {
public:
  Config config;
  std::map<std::string, int64_t> counts; // of entries: "id2label.count"

  std::string beginObject() override {
    if (open.empty())
      return open.push_back({""}), "";
    std::string prefix = placeOfNext();
    ++open.back().count;
    if (open.back().isList)
      open.back().items.push_back({});
    return enter({prefix + "."});
  }
  std::string key(std::string_view name) override {
    open.back().key = name;
    return "";
  }
  std::string endObject() override { return close(), ""; }

  std::string beginArray() override {
    if (open.empty())
      return notAnObject("an array");
    std::string prefix = placeOfNext();
    return enter({prefix + ".", true});
  }
  std::string endArray() override {
    ConfigValue::List items = std::move(open.back().items);
    open.back().count = int64_t(items.size());
    close();
    return put({std::move(items)}, "");
  }

  std::string text(std::string_view value) override { return put({std::string(value)}, ticked(value)); }
  std::string integer(int64_t value) override { return put({value}, std::to_string(value)); }
  std::string real(double value) override { return put({value}, fmt::format("{:#}", value)); }
  std::string boolean(bool value) override { return put({value}, value ? "true" : "false"); }
  std::string null() override { return put({}, "null"); }

private:
  struct Level {
    std::string prefix;
    bool isList = false;
    std::string key = "";
    ConfigValue::List items = {};
    int64_t count = 0; // of an object's entries
  };

  /// How many entries an object or a list has is asked for as its key `count`.
  void close() {
    if (open.size() > 1)
      counts.emplace(open.back().prefix + "count", open.back().count);
    open.pop_back();
  }

  std::string enter(Level level) {
    std::string fault = spend(level.prefix.size() + strlen("count"));
    return open.push_back(std::move(level)), fault;
  }
  /// Each key holds those of the objects around it, so that a small file could ask for endless ones.
  std::string spend(size_t bytes) {
    keyBytes += bytes;
    return keyBytes <= mostKeyBytes ? ""
                                    : fmt::format("its keys, joined by points, are more than {} bytes", mostKeyBytes);
  }

  std::string placeOfNext() const {
    const Level &level = open.back();
    return level.prefix + (level.isList ? std::to_string(level.items.size()) : level.key);
  }
  /// `found` is what a message calls it.
  std::string put(ConfigValue value, const std::string &found) {
    if (open.empty())
      return notAnObject(found);
    if (open.back().isList)
      return open.back().items.push_back(std::move(value)), "";
    std::string place = placeOfNext();
    ++open.back().count;
    if (std::string fault = spend(place.size()); !fault.empty())
      return fault;
    if (!config.try_emplace(place, std::move(value)).second)
      return fmt::format("the key {} occurs twice, once as names joined by points", ticked(place));
    return "";
  }

  static std::string notAnObject(const std::string &found) {
    return fmt::format("the outermost value is {}, an object was expected", found);
  }
  static constexpr size_t mostKeyBytes = 4 << 20;
  size_t keyBytes = 0;
  std::vector<Level> open;
};

} // namespace

Result<Config> parseConfig(const std::string &name, std::string_view text) {
  constexpr size_t longest = 16 << 20;
  // The models with most labels, 21,841, have two tables of them.
  const JsonLimits limits(/*depth=*/32, /*values=*/60'000, /*token=*/1 << 20);
  if (text.size() > longest)
    return failure("{}: is {} bytes long; at most {} are read", name, text.size(), longest);
  ConfigReader reader;
  if (Result<void> read = readJson(name, text, limits, reader); !read)
    return read.error();
  while (!reader.counts.empty()) { // emptied as the other grows
    auto count = reader.counts.extract(reader.counts.begin());
    reader.config.try_emplace(std::move(count.key()),
                              ConfigValue{count.mapped()}); // a key that the file has comes first
  }
  return std::move(reader.config);
}

} // namespace heed::runtime
