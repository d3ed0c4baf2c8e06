// Small parts of an untrusted JSON file as a tree. In: events of `readJson`. Out: values with their places, asked by
// name (JsonStage).
#pragma once

#include "runtime/load/Json.h"

#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace heed::runtime {

struct JsonTree {
  using List = std::vector<JsonTree>;
  using Object = std::map<std::string, JsonTree, std::less<>>;
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Object> value;

  /// Null where there is none.
  const JsonTree &operator[](std::string_view key) const;
  bool null() const { return value.index() == 0; }
};

/// Builds a tree; a class over it may keep parts out of it.
class JsonTreeBuilder : public JsonHandler {
public:
  JsonTree root;

  std::string beginObject() override { return open(JsonTree::Object()); }
  std::string key(std::string_view name) override { return names.back() = name, ""; }
  std::string endObject() override { return close(); }
  std::string beginArray() override { return open(JsonTree::List()); }
  std::string endArray() override { return close(); }
  std::string text(std::string_view value) override { return put({{std::string(value)}}).second; }
  std::string integer(int64_t value) override { return put({{value}}).second; }
  std::string real(double value) override { return put({{value}}).second; }
  std::string boolean(bool value) override { return put({{value}}).second; }
  std::string null() override { return put({}).second; }

protected:
  /// Names of the objects' keys and of lists (empty) that are open.
  std::vector<std::string> names;

private:
  std::vector<JsonTree *> path;
  size_t nodes = 0;

  std::pair<JsonTree *, std::string> put(JsonTree);
  std::string open(JsonTree::Object);
  std::string open(JsonTree::List);
  std::string opened(JsonTree);
  std::string close();
};

} // namespace heed::runtime
