// One table of element types, and conversion by pairs of them.
#include "runtime/tensor/ElementType.h"

#include "runtime/tensor/Float16.h"

#include <fmt/format.h>

#include <concepts>
#include <cstring>
#include <type_traits>
#include <utility>

namespace heed::runtime {
namespace {

/// In storage a bool is a byte that may hold anything; only 0 and 1 are values.
struct Byte01 {
  uint8_t bits;
};

/// Calls `f` with a value of the C++ type that stores the element type.
template <typename F> auto dispatch(ElementType type, F f) {
  switch (type) {
  case ElementType::F64:
    return f(double());
  case ElementType::F32:
    return f(float());
  case ElementType::F16:
    return f(Float16());
  case ElementType::BF16:
    return f(BFloat16());
  case ElementType::I64:
    return f(int64_t());
  case ElementType::I32:
    return f(int32_t());
  case ElementType::I16:
    return f(int16_t());
  case ElementType::I8:
    return f(int8_t());
  case ElementType::U64:
    return f(uint64_t());
  case ElementType::U32:
    return f(uint32_t());
  case ElementType::U16:
    return f(uint16_t());
  case ElementType::U8:
    return f(uint8_t());
  case ElementType::Bool:
    return f(Byte01());
  }
  __builtin_unreachable();
}

template <typename T> constexpr bool half = std::same_as<T, Float16> || std::same_as<T, BFloat16>;
template <typename T> constexpr bool floating = std::floating_point<T> || half<T>;

/// What a stored value means: double or float, an integer, for a bool its byte.
template <typename T> auto meaning(T stored) {
  if constexpr (half<T>)
    return float(stored);
  else if constexpr (std::same_as<T, Byte01>)
    return stored.bits;
  else
    return stored;
}

/// Stores a meaning; false if the type has no such value.
template <typename To, typename From> bool store(From value, To &stored) {
  if constexpr (floating<To> != std::floating_point<From>) {
    return false;
  } else if constexpr (half<To>) {
    stored = To::round(std::same_as<From, double> ? roundToOdd(value) : float(value));
  } else if constexpr (std::same_as<To, Byte01>) {
    stored.bits = uint8_t(value);
    return value == 0 || value == 1;
  } else if constexpr (std::integral<To>) {
    stored = To(value);
    return std::in_range<To>(value);
  } else {
    stored = To(value);
  }
  return true;
}

template <typename From, typename To> int64_t convertAll(const std::byte *from, std::byte *to, int64_t count) {
  for (int64_t i = 0; i != count; ++i) {
    From read;
    To written{};
    std::memcpy(&read, from + i * sizeof(From), sizeof(From));
    bool fits = store(meaning(read), written);
    if (std::same_as<From, Byte01> && meaning(read) > 1)
      fits = false;
    if (!fits)
      return i;
    std::memcpy(to + i * sizeof(To), &written, sizeof(To));
  }
  return count;
}

} // namespace

std::string_view nameOf(ElementType type) {
  static constexpr std::string_view names[] = {"",   "f64",  "f32", "f16", "bf16", "i64", "i32",
                                               "u8", "bool", "i16", "i8",  "u64",  "u32", "u16"};
  return names[size_t(type)];
}

int64_t bytesOf(ElementType type) {
  return dispatch(type, [](auto value) { return int64_t(sizeof value); });
}

bool isFloat(ElementType type) {
  return dispatch(type, [](auto value) { return floating<decltype(value)>; });
}

bool convertible(ElementType from, ElementType to) { return isFloat(from) == isFloat(to); }

int64_t convert(ElementType fromType, const std::byte *from, ElementType toType, std::byte *to, int64_t count) {
  if (fromType == toType && toType != ElementType::Bool) {
    if (count != 0)
      std::memcpy(to, from, size_t(count * bytesOf(toType)));
    return count;
  }
  return dispatch(fromType, [&](auto read) {
    return dispatch(toType,
                    [&](auto written) { return convertAll<decltype(read), decltype(written)>(from, to, count); });
  });
}

std::string elementText(ElementType type, const std::byte *element) {
  return dispatch(type, [&](auto value) {
    std::memcpy(&value, element, sizeof value);
    return fmt::format("{}", meaning(value));
  });
}

} // namespace heed::runtime
