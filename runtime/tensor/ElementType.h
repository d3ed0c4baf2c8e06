// Element types of tensors in memory and in files, and how one becomes another.
// Integers convert when every value fits (0 and 1 to bool), floats by rounding to nearest even; integers and floats
// never mix.
#pragma once

#include "runtime/abi/heed.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heed::runtime {

/// Those of the ABI under its numbers, then those that only files hold.
enum class ElementType : int32_t {
  F64 = HEED_F64,
  F32 = HEED_F32,
  F16 = HEED_F16,
  BF16 = HEED_BF16,
  I64 = HEED_I64,
  I32 = HEED_I32,
  U8 = HEED_U8,
  Bool = HEED_BOOL,
  I16,
  I8,
  U64,
  U32,
  U16,
};

/// "f32", as the language writes it.
std::string_view nameOf(ElementType);
int64_t bytesOf(ElementType);
bool isFloat(ElementType);

/// Whether values of one type may become values of the other at all; if so, an integer may still not fit.
bool convertible(ElementType from, ElementType to);

/// Converts `count` values, neither side aligned. Returns the index of the first value that does not fit, or `count`.
/// Copies of the same type are checked only where not every pattern of bits is a value: bool.
int64_t convert(ElementType fromType, const std::byte *from, ElementType toType, std::byte *to, int64_t count);

/// One value as a message shows it.
std::string elementText(ElementType, const std::byte *);

} // namespace heed::runtime
