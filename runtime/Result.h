// A value, or why there is none. In: outcomes of anything that reads a file or runs a model. Out: text for a person;
// nothing here throws.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace heed::runtime {

/// Says what was found and what was expected, and where: "model.safetensors: `wq.weight` is f32 [3], but ...". No final
/// stop.
struct Error {
  std::string text;
};

template <typename... Args> Error failure(fmt::format_string<Args...> text, Args &&...args) {
  return {fmt::format(text, std::forward<Args>(args)...)};
}

template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state.index() == 0; }
  T &operator*() { return *std::get_if<0>(&state); }
  const T &operator*() const { return *std::get_if<0>(&state); }
  T *operator->() { return std::get_if<0>(&state); }
  const T *operator->() const { return std::get_if<0>(&state); }
  const Error &error() const { return *std::get_if<1>(&state); }

private:
  std::variant<T, Error> state;
};

/// For what gives nothing back but whether it was done.
template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : problem(std::move(error)), failed(true) {}

  explicit operator bool() const { return !failed; }
  const Error &error() const { return problem; }

private:
  Error problem;
  bool failed = false;
};

/// A name that a file chose, in backticks, safe to print: control characters are escaped, and what is too long is cut.
std::string ticked(std::string_view name);

} // namespace heed::runtime
