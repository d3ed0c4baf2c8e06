// config.json, flattened while it is read.
#include "runtime/load/Config.h"

#include "runtime/load/Json.h"

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
    open.push_back({prefix + "."});
    return "";
  }
  std::string key(std::string_view name) override {
    open.back().key = name;
    return "";
  }
  std::string endObject() override { return close(), ""; }

  std::string beginArray() override {
    if (open.empty())
      return notAnObject;
    std::string prefix = placeOfNext();
    open.push_back({prefix + ".", true});
    return "";
  }
  std::string endArray() override {
    ConfigValue::List items = std::move(open.back().items);
    open.back().count = int64_t(items.size());
    close();
    return put({std::move(items)});
  }

  std::string text(std::string_view value) override { return put({std::string(value)}); }
  std::string integer(int64_t value) override { return put({value}); }
  std::string real(double value) override { return put({value}); }
  std::string boolean(bool value) override { return put({value}); }
  std::string null() override { return put({}); }

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

  std::string placeOfNext() const {
    const Level &level = open.back();
    return level.prefix + (level.isList ? std::to_string(level.items.size()) : level.key);
  }
  std::string put(ConfigValue value) {
    if (open.empty())
      return notAnObject;
    if (open.back().isList)
      return open.back().items.push_back(std::move(value)), "";
    std::string place = placeOfNext();
    ++open.back().count;
    if (!config.try_emplace(place, std::move(value)).second)
      return fmt::format("the key {} occurs twice, once as names joined by points", ticked(place));
    return "";
  }

  static constexpr const char *notAnObject = "an object was expected as the outermost value";
  std::vector<Level> open;
};

} // namespace

Result<Config> parseConfig(const std::string &name, std::string_view text) {
  constexpr size_t longest = 16 << 20;
  constexpr int depth = 32; // each level repeats its keys' prefix
  if (text.size() > longest)
    return failure("{}: is {} bytes long; at most {} are read", name, text.size(), longest);
  ConfigReader reader;
  if (Result<void> read = readJson(name, text, depth, reader); !read)
    return read.error();
  for (const auto &[key, count] : reader.counts)
    reader.config.try_emplace(key, ConfigValue{count}); // a key that the file has comes first
  return std::move(reader.config);
}

} // namespace heed::runtime
