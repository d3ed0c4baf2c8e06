// heed_session.h for C++17: objects that clean up after themselves, errors that are thrown. Header-only.
#ifndef HEED_SESSION_HPP
#define HEED_SESSION_HPP

#include "heed_session.h"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace heed {

/// What `heed_error` says.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The element type of an array of T; bf16 and f16 have no type of C++17's and are named by heed_type.
template <typename T> constexpr heed_type typeOf() {
  if constexpr (std::is_same_v<T, double>)
    return HEED_F64;
  else if constexpr (std::is_same_v<T, float>)
    return HEED_F32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return HEED_I64;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return HEED_I32;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return HEED_U8;
  else {
    static_assert(std::is_same_v<T, bool>, "an element is double, float, int64_t, int32_t, uint8_t or bool");
    return HEED_BOOL;
  }
}

/// An input: a name, elements that live on until the run is over, and a shape.
class Input {
public:
  template <typename T>
  Input(std::string name, const T *data, std::vector<std::int64_t> shape)
      : name(std::move(name)), extents(std::move(shape)), type(typeOf<T>()), data(data) {}
  Input(std::string name, heed_type type, const void *data, std::vector<std::int64_t> shape)
      : name(std::move(name)), extents(std::move(shape)), type(type), data(data) {}

  heed_array array() const { return {name.c_str(), type, std::int32_t(extents.size()), extents.data(), data}; }

private:
  std::string name;
  std::vector<std::int64_t> extents;
  heed_type type;
  const void *data;
};

/// One result; its elements live as long as the results.
template <typename T> class View {
public:
  explicit View(const heed_array &array) : array(array) {}
  const T *data() const { return static_cast<const T *>(array.data); }
  const T *begin() const { return data(); }
  const T *end() const { return data() + size(); }
  std::vector<std::int64_t> shape() const { return {array.shape, array.shape + array.rank}; }
  std::size_t size() const {
    std::size_t count = 1;
    for (std::int32_t axis = 0; axis != array.rank; ++axis)
      count *= std::size_t(array.shape[axis]);
    return count;
  }
  const T &operator[](std::size_t index) const { return data()[index]; }

private:
  const heed_array &array;
};

class Results {
public:
  explicit Results(heed_results *results) : results(results) {}

  /// The result of this name as elements of T, its own type.
  template <typename T> View<T> get(const std::string &name) const {
    const heed_array *array = heed_result(results.get(), name.c_str());
    if (!array)
      throw Error("there is no result `" + name + "`");
    if (array->type != typeOf<T>())
      throw Error("the result `" + name + "` has elements of another type");
    return View<T>(*array);
  }

private:
  struct Free {
    void operator()(heed_results *results) const { heed_free(results); }
  };
  std::unique_ptr<heed_results, Free> results;
};

/// A model with its weights and threads; may be used by several threads at once.
class Session {
public:
  /// Without weights the initialisers run. 0 threads: one a core.
  explicit Session(const heed_model *model, const std::string &weights = "", int threads = 0, std::uint64_t seed = 0) {
    heed_options options = {weights.empty() ? nullptr : weights.c_str(), threads, seed};
    session.reset(heed_open(model, &options));
    if (!session)
      throw Error(heed_error());
  }

  Results run(const std::string &entry, const std::vector<Input> &inputs) {
    std::vector<heed_array> arrays;
    for (const Input &input : inputs)
      arrays.push_back(input.array());
    heed_results *results = heed_run(session.get(), entry.c_str(), arrays.data(), arrays.size());
    if (!results)
      throw Error(heed_error());
    return Results(results);
  }

private:
  struct Close {
    void operator()(heed_session *session) const { heed_close(session); }
  };
  std::unique_ptr<heed_session, Close> session;
};

} // namespace heed
#endif
