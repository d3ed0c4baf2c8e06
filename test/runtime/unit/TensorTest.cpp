// Conversions between element types, sizes that leave 63 bits, filling.
#include "runtime/tensor/Tensor.h"
#include "runtime/tensor/Float16.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace heed::runtime;
using enum ElementType;

namespace {

template <typename To, typename From>
std::vector<To> converted(ElementType from, const std::vector<From> &values, ElementType to) {
  std::vector<To> result(values.size());
  int64_t count = int64_t(values.size());
  int64_t fit = convert(from, reinterpret_cast<const std::byte *>(values.data()), to,
                        reinterpret_cast<std::byte *>(result.data()), count);
  result.resize(size_t(fit)); // those before the first that does not fit
  return result;
}

} // namespace

TEST_CASE("integers convert when every value fits") {
  CHECK(converted<int32_t>(I64, std::vector<int64_t>{-1, INT32_MAX, INT32_MIN}, I32) ==
        std::vector<int32_t>{-1, INT32_MAX, INT32_MIN});
  CHECK(converted<int32_t>(I64, std::vector<int64_t>{7, int64_t(INT32_MAX) + 1}, I32) == std::vector<int32_t>{7});
  CHECK(converted<uint8_t>(I16, std::vector<int16_t>{255, -1}, U8) == std::vector<uint8_t>{255});
  CHECK(converted<int64_t>(U64, std::vector<uint64_t>{1, ~uint64_t(0)}, I64) == std::vector<int64_t>{1});
  CHECK(converted<int32_t>(I8, std::vector<int8_t>{-128}, I32) == std::vector<int32_t>{-128});
}

TEST_CASE("only 0 and 1 are bools") {
  CHECK(converted<uint8_t>(I64, std::vector<int64_t>{0, 1, 2}, Bool) == std::vector<uint8_t>{0, 1});
  CHECK(converted<uint8_t>(I64, std::vector<int64_t>{256}, Bool).empty());
  CHECK(converted<uint8_t>(Bool, std::vector<uint8_t>{1, 255}, Bool) == std::vector<uint8_t>{1});
  CHECK(converted<int32_t>(Bool, std::vector<uint8_t>{1, 3}, I32) == std::vector<int32_t>{1});
}

TEST_CASE("integers and floats never mix") {
  CHECK_FALSE(convertible(I32, F32));
  CHECK_FALSE(convertible(F64, I64));
  CHECK_FALSE(convertible(Bool, F16));
  CHECK(convertible(F64, BF16));
  CHECK(convertible(U8, Bool));
}

TEST_CASE("floats round to nearest, ties to even, once") {
  CHECK(converted<float>(F64, std::vector<double>{0.1, 1e300}, F32) == std::vector<float>{0.1f, INFINITY});
  auto bf16 = [](double value) { return converted<uint16_t>(F64, std::vector<double>{value}, BF16)[0]; };
  CHECK(bf16(1.0) == 0x3f80);
  CHECK(bf16(1.0 + 0x1p-8) == 0x3f80);           // a tie, to even
  CHECK(bf16(1.0 + 0x1p-8 + 0x1p-40) == 0x3f81); // above it: rounding to f32 first would lose that
  CHECK(bf16(1.0 + 3 * 0x1p-8) == 0x3f82);
  CHECK(bf16(-1e300) == 0xff80);
  auto f16 = [](double value) { return converted<uint16_t>(F64, std::vector<double>{value}, F16)[0]; };
  CHECK(f16(65504.0) == 0x7bff);
  CHECK(f16(65519.999) == 0x7bff);
  CHECK(f16(65520.0) == 0x7c00);
  CHECK(f16(0x1p-24) == 1);
  CHECK(f16(0x1p-25) == 0); // a tie, to even
  CHECK(f16(0x1p-25 * 1.0001) == 1);
  CHECK(f16(-0.0) == 0x8000);
}

TEST_CASE("every 16-bit float survives a round trip through f32") {
  for (uint32_t bits = 0; bits != 0x10000; ++bits) {
    float half = float(Float16{uint16_t(bits)}), brain = float(BFloat16{uint16_t(bits)});
    if (!std::isnan(half))
      REQUIRE(Float16::round(half).bits == bits);
    if (!std::isnan(brain))
      REQUIRE(BFloat16::round(brain).bits == bits);
  }
  CHECK(std::isnan(float(Float16::round(NAN))));
  CHECK(std::isnan(float(BFloat16::round(std::bit_cast<float>(0x7f800001u)))));
}

TEST_CASE("sizes beyond 63 bits fit nothing") {
  CHECK(elementsOf({2, 3, 4}).value() == 24);
  CHECK(elementsOf({}).value() == 1);
  CHECK_FALSE(elementsOf({-1}).isValid());
  CHECK_FALSE(elementsOf({INT64_MAX, 2}).isValid());
  CHECK_FALSE(bytesOf(F64, {INT64_MAX / 4}).isValid());
  CHECK_FALSE((CheckedSize(INT64_MAX) + 1).isValid());
  CHECK_FALSE(CheckedSize(~uint64_t(0)).isValid());
}

TEST_CASE("memory is aligned, and refused rather than short") {
  for (int64_t bytes : {0, 1, 64, 1000, 4 << 20, 4342080}) {
    Result<Buffer> buffer = Buffer::allocate(bytes, "a test");
    REQUIRE(buffer);
    CHECK(buffer->data() != nullptr);
    CHECK(reinterpret_cast<uintptr_t>(buffer->data()) % HEED_ALIGNMENT == 0);
  }
  CHECK_FALSE(Buffer::allocate(-1, "a test"));
  CHECK_FALSE(Buffer::allocate(INT64_MAX - 100, "a test"));
}

TEST_CASE("filling rounds to the type") {
  Result<Tensor> tensor = Tensor::allocate(BF16, {2, 3}, "a test");
  REQUIRE(tensor);
  tensor->fill(1.5);
  CHECK(reinterpret_cast<uint16_t *>(tensor->data())[5] == 0x3fc0);
  Result<Tensor> flags = Tensor::allocate(Bool, {3}, "a test");
  flags->fill(1);
  CHECK(reinterpret_cast<uint8_t *>(flags->data())[2] == 1);
  CHECK(textOf(BF16, tensor->shape()) == "bf16 [2, 3]");
}
