// Layouts against the formula of heed.h, written out per element: random digits, types, stacks, joined and transposed
// parts.
#include "Files.h"
#include "StoriesModel.h"

#include "runtime/load/Layout.h"
#include "runtime/load/Weights.h"

#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <random>

using namespace heed::runtime;
using enum ElementType;

namespace {

/// A parameter with its arrays.
struct Parameter {
  Shape shape;
  std::vector<heed_digit> digits;
  bool stacked = false;

  heed_parameter describe(ElementType type, std::span<const heed_part> parts = {}) const {
    return {"p", int32_t(type),         int32_t(shape.size()), shape.data(),           stacked,
            0,   int32_t(parts.size()), parts.data(),          int32_t(digits.size()), digits.data()};
  }
  int64_t stored() const {
    int64_t count = 1;
    for (const heed_digit &digit : digits)
      count *= digit.extent;
    return count;
  }
  /// Row-major over the digits.
  int64_t placeOf(const Shape &index) const {
    int64_t place = 0;
    for (const heed_digit &digit : digits)
      place = place * digit.extent + index[size_t(digit.axis)] / digit.divisor % digit.extent;
    return place;
  }
  /// Calls with every index, in row-major order.
  template <typename F> void forEach(F f) const {
    Shape index(shape.size());
    for (int64_t i = 0; i != int64_t(elementsOf(shape).value()); ++i) {
      int64_t rest = i;
      for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
        index[axis] = rest % shape[axis];
      f(index, i);
    }
  }
};

/// Axes of 1 to 40, each cut into one to three digits, in any order; a stack's axis first.
Parameter someParameter(std::mt19937 &random) {
  auto upTo = [&](int64_t n) { return int64_t(random() % uint64_t(n)) + 1; };
  Parameter parameter;
  parameter.stacked = random() % 2;
  for (int64_t axis = 0, rank = upTo(3) + parameter.stacked; axis != rank; ++axis) {
    int64_t extent = parameter.stacked && axis == 0 ? upTo(3) : upTo(40), divisor = 1;
    parameter.shape.push_back(extent);
    int64_t cuts = parameter.stacked && axis == 0 ? 0 : upTo(3) - 1;
    for (; cuts != 0; --cuts) {
      parameter.digits.push_back({int32_t(axis), divisor, upTo(6)});
      divisor *= parameter.digits.back().extent;
    }
    parameter.digits.push_back({int32_t(axis), divisor, (extent + divisor - 1) / divisor});
  }
  std::shuffle(parameter.digits.begin(), parameter.digits.end(), random);
  std::partition(parameter.digits.begin(), parameter.digits.end(),
                 [&](const heed_digit &digit) { return parameter.stacked && digit.axis == 0; });
  return parameter;
}

/// A model of that parameter alone.
heed_model modelOf(const heed_parameter &parameter, int64_t bytes) {
  return {HEED_ABI_VERSION, "One", "0", "f32", "x86-64", "", 1, &parameter, bytes, 0, nullptr, 0, nullptr, nullptr};
}

} // namespace

TEST_CASE("every element at the place that its digits say, zeros elsewhere") {
  std::mt19937 random(1);
  for (int round = 0; round != 200; ++round) {
    Parameter parameter = someParameter(random);
    int64_t count = int64_t(elementsOf(parameter.shape).value());
    std::vector<float> values;
    for (int64_t i = 0; i != count; ++i)
      values.push_back(float(i % 251 + 1)); // exact as bf16 too
    std::vector<float> expected(size_t(parameter.stored()));
    parameter.forEach([&](const Shape &index, int64_t i) { expected[size_t(parameter.placeOf(index))] = values[i]; });
    for (ElementType type : {F32, BF16, F64}) {
      heed_parameter described = parameter.describe(type);
      CHECK(Layout(described).storedElements() == parameter.stored());
      std::vector<std::byte> image(size_t(parameter.stored() * bytesOf(type))), dense(size_t(count * bytesOf(type)));
      auto *from = reinterpret_cast<const std::byte *>(values.data());
      REQUIRE(pack(described, Box::whole(described), F32, from, image.data()) == count);
      std::vector<float> found(expected.size());
      convert(type, image.data(), F32, reinterpret_cast<std::byte *>(found.data()), parameter.stored());
      REQUIRE(found == expected);
      unpack(described, image.data(), dense.data());
      std::vector<float> back(values.size());
      convert(type, dense.data(), F32, reinterpret_cast<std::byte *>(back.data()), count);
      REQUIRE(back == values);
    }
  }
}

TEST_CASE("parts of a packed stack: joined, one of them transposed") {
  // Two layers of (7, 37 + 50) in panels of 16 columns: the second part begins within a panel.
  Parameter parameter{{2, 7, 87}, {{0, 1, 2}, {2, 16, 6}, {1, 1, 7}, {2, 1, 16}}, true};
  const heed_part parts[] = {{"0.a", 1, 0, 0, 37, nullptr},
                             {"0.b", 0, 0, 37, 50, nullptr},
                             {"1.a", 1, 1, 0, 37, nullptr},
                             {"1.b", 0, 1, 37, 50, nullptr}};
  auto valueAt = [](int64_t layer, int64_t row, int64_t column) {
    return float(1000 * layer + 100 * row + column + 1);
  };
  std::vector<float> values[4];
  for (int64_t layer = 0; layer != 2; ++layer) {
    for (int64_t column = 0; column != 37; ++column)
      for (int64_t row = 0; row != 7; ++row)
        values[2 * layer].push_back(valueAt(layer, row, column));
    for (int64_t row = 0; row != 7; ++row)
      for (int64_t column = 37; column != 87; ++column)
        values[2 * layer + 1].push_back(valueAt(layer, row, column));
  }
  Folder folder;
  REQUIRE(writeSafeTensors(
      folder("w"), std::vector{stored("0.a", F32, {37, 7}, values[0]), stored("0.b", F32, {7, 50}, values[1]),
                               stored("1.a", F32, {37, 7}, values[2]), stored("1.b", F32, {7, 50}, values[3])}));
  heed_parameter described = parameter.describe(F32, parts);
  Result<Weights> weights =
      Weights::fromCheckpoint(modelOf(described, parameter.stored() * 4), *Checkpoint::open(folder("w")));
  REQUIRE(weights);
  std::vector<float> expected(size_t(parameter.stored()));
  parameter.forEach(
      [&](const Shape &at, int64_t) { expected[size_t(parameter.placeOf(at))] = valueAt(at[0], at[1], at[2]); });
  CHECK(std::memcmp(weights->image(), expected.data(), expected.size() * 4) == 0);
}

TEST_CASE("a value that does not fit is found in the file's order") {
  Parameter parameter{{3, 40}, {{1, 16, 3}, {0, 1, 3}, {1, 1, 16}}};
  heed_parameter described = parameter.describe(U8);
  std::vector<int32_t> values(120, 5);
  values[63] = 256;
  std::vector<std::byte> image(size_t(parameter.stored()));
  auto *from = reinterpret_cast<const std::byte *>(values.data());
  CHECK(pack(described, Box::whole(described), I32, from, image.data()) == 63);
  Box transposed = Box::whole(described);
  transposed.transposed = true; // 40 rows of 3, some at a time
  CHECK(pack(described, transposed, I32, from, image.data()) == 63);
}

TEST_CASE("initial values are packed") {
  // The model writes its parameters row-major; the last one is described with other digits.
  const heed_model &stories = *heed_stories();
  std::vector<heed_parameter> parameters(stories.parameters, stories.parameters + stories.parameter_count);
  heed_parameter &last = parameters.back();
  REQUIRE(last.rank == 1);
  const int64_t extent = last.shape[0];
  const heed_digit digits[] = {{0, 1, 8}, {0, 8, (extent + 7) / 8}};
  last.digit_count = 2, last.digits = digits;
  heed_model packed = stories;
  packed.parameters = parameters.data();
  packed.weights_bytes = last.offset + digits[0].extent * digits[1].extent * 4;
  Cpu cpu(1);
  Result<Weights> plain = Weights::initialised(stories, cpu, 7), other = Weights::initialised(packed, cpu, 7);
  REQUIRE(other);
  CHECK(std::memcmp(plain->image(), other->image(), size_t(last.offset)) == 0);
  auto *dense = reinterpret_cast<const float *>(plain->image() + last.offset);
  auto *stored = reinterpret_cast<const float *>(other->image() + last.offset);
  for (int64_t i = 0; i != extent; ++i)
    CHECK(stored[i % 8 * digits[1].extent + i / 8] == dense[i]);
}
