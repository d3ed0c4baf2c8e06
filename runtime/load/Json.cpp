// nlohmann's SAX parser (iterative, so depth costs no stack) behind limits of our own.
#include "runtime/load/Json.h"

#include <nlohmann/json.hpp>

#include <set>

namespace heed::runtime {
namespace {

class Guard final : public nlohmann::json_sax<nlohmann::json> {
public:
  Guard(int depth, JsonHandler &handler) : depth(depth), handler(handler) {}
  std::string problem;
  size_t position = 0; // only of a syntax error; 0: unknown

  bool null() override { return goOn(handler.null()); }
  bool boolean(bool value) override { return goOn(handler.boolean(value)); }
  bool number_integer(int64_t value) override { return goOn(handler.integer(value)); }
  bool number_unsigned(uint64_t value) override {
    return goOn(value <= INT64_MAX ? handler.integer(int64_t(value)) : handler.real(double(value)));
  }
  bool number_float(double value, const std::string &) override { return goOn(handler.real(value)); }
  bool string(std::string &value) override { return goOn(handler.text(value)); }
  bool binary(binary_t &) override { return goOn("binary values are no JSON"); }

  bool start_object(size_t) override { return enter() && goOn(handler.beginObject()); }
  bool key(std::string &name) override {
    if (!keys.back().insert(name).second)
      return goOn(fmt::format("the key {} occurs twice in one object", ticked(name)));
    return goOn(handler.key(name));
  }
  bool end_object() override { return keys.pop_back(), goOn(handler.endObject()); }
  bool start_array(size_t) override { return enter() && goOn(handler.beginArray()); }
  bool end_array() override { return keys.pop_back(), goOn(handler.endArray()); }

  bool parse_error(size_t at, const std::string &, const nlohmann::detail::exception &error) override {
    position = at;
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while ..."
    std::string_view text = error.what();
    if (size_t colon = text.find(": "); colon != std::string_view::npos)
      text.remove_prefix(colon + 2);
    problem = ticked(text);
    problem = problem.substr(1, problem.size() - 2);
    return false;
  }

private:
  bool goOn(std::string found) {
    problem = std::move(found);
    return problem.empty();
  }
  bool enter() {
    keys.emplace_back();
    return goOn(int(keys.size()) > depth ? fmt::format("nested more than {} deep", depth) : "");
  }

  int depth;
  JsonHandler &handler;
  std::vector<std::set<std::string>> keys; // of every object that is open; empty for arrays
};

} // namespace

Result<void> readJson(const std::string &name, std::string_view text, int depth, JsonHandler &handler) {
  Guard guard(depth, handler);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &guard))
    return {};
  if (guard.position != 0)
    return failure("{}: malformed JSON at byte {}: {}", name, guard.position, guard.problem);
  return failure("{}: {}", name, guard.problem);
}

} // namespace heed::runtime
