// A value of an untrusted JSON file, asked for its fields by name. In: a tree. Out: values of the types that are asked
// for. The first that is of another type is told with its place, `pre_tokenizer.pretokenizers[1].behavior`; reading
// goes on with what stands for it, and who began it asks at the end whether anything was wrong.
#pragma once

#include "runtime/tokenizer/text/JsonTree.h"

namespace heed::runtime {

/// The first thing wrong in a file.
struct JsonProblem {
  const std::string &file;
  std::optional<Error> error;
};

class JsonStage {
public:
  JsonStage(JsonProblem &problem, const JsonTree &tree, std::string place = "")
      : problem(&problem), tree(&tree), place(std::move(place)) {}

  bool null() const { return tree->null(); }
  /// The value under a key; null where there is none.
  JsonStage operator[](std::string_view key) const;
  /// The items of the list under a key; none where there is none.
  std::vector<JsonStage> list(std::string_view key) const;
  std::vector<JsonStage> items() const;
  bool isList() const { return std::holds_alternative<JsonTree::List>(tree->value); }
  /// All fields of an object.
  std::vector<std::pair<std::string, JsonStage>> fields() const;

  // Null counts as absent.
  bool truth(std::string_view key, bool otherwise) const;
  int64_t whole(std::string_view key, int64_t otherwise, int64_t least = INT64_MIN, int64_t most = INT64_MAX) const;
  std::string text(std::string_view key, std::string_view otherwise) const;
  /// Which must be there.
  std::string text(std::string_view key) const;
  /// One character.
  std::string character(std::string_view key, std::string_view otherwise) const;
  /// The value itself, where it is a text or a number.
  std::optional<std::string> asText() const;
  std::optional<int64_t> asWhole() const;
  std::optional<double> asNumber() const;
  /// The field `type`, which says what an object is.
  std::string type() const { return text("type"); }

  template <typename... Args> void refuse(fmt::format_string<Args...> text, Args &&...args) const {
    if (!problem->error)
      problem->error = failure("{}: {}", where(), fmt::format(text, std::forward<Args>(args)...));
  }
  /// What another reader says of the file.
  void refuseAs(const Error &error) const {
    if (!problem->error)
      problem->error = error;
  }
  /// Of a type that is not among those that are known.
  void refuseType(std::string_view known) const {
    refuse("the type {} is not supported; {} are", ticked(type()), known);
  }
  const std::string &file() const { return problem->file; }
  /// File and place, for messages.
  std::string where() const { return place.empty() ? file() : fmt::format("{}: {}", file(), place); }

private:
  JsonProblem *problem;
  const JsonTree *tree;
  std::string place;

  template <typename T> const T *get(std::string_view key, std::string_view expected) const;
};

} // namespace heed::runtime
