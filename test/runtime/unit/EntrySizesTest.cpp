// Sizes from shapes: bound, solved through factor and offset, and every disagreement with both sides.
#include "runtime/device/PrepareInputs.h"

#include <doctest/doctest.h>

using namespace heed::runtime;
using enum ElementType;

namespace {

// ids: i32 [B, T]; mask?: bool [B, T + 1] = 1; halves?: f32 [2 * S]
int64_t sizeB(const int64_t *s) { return s[0]; }
int64_t sizeT(const int64_t *s) { return s[1]; }
int64_t sizeS2(const int64_t *s) { return 2 * s[2]; }
int64_t sizeT1(const int64_t *s) { return s[1] + 1; }
int64_t none(const int64_t *) { return 0; }
int32_t run(heed_call *) { return 0; }
const char *const sizes[] = {"B", "T", "S"};
const heed_axis idAxes[] = {{"B", sizeB, 0, 1, 0}, {"T", sizeT, 1, 1, 0}};
const heed_axis maskAxes[] = {{"B", sizeB, 0, 1, 0}, {"T + 1", sizeT1, -1, 1, 0}};
const heed_axis halfAxes[] = {{"2 * S", sizeS2, 2, 2, 0}};
const heed_tensor inputs[] = {{"ids", HEED_I32, 2, idAxes, 0, 0},
                              {"mask", HEED_BOOL, 2, maskAxes, 1, 1},
                              {"halves", HEED_F32, 1, halfAxes, 0, 0}};
const heed_tensor output = {"out", HEED_F32, 2, maskAxes, 0, 0};
const heed_entry entry = {"forward", 3, sizes, 1, 3, inputs, 1, &output, none, none, 0, nullptr, run};

using Shapes = std::vector<std::optional<Shape>>;
std::vector<int64_t> bound(const Shapes &shapes) {
  std::vector<std::string> problems;
  std::vector<int64_t> values = bindSizes(entry, shapes, problems);
  CHECK(problems.empty());
  return values;
}
std::vector<std::string> problemsOf(const Shapes &shapes) {
  std::vector<std::string> problems;
  bindSizes(entry, shapes, problems);
  return problems;
}
using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("sizes are bound and solved") {
  CHECK(bound({Shape{2, 5}, Shape{2, 6}, Shape{8}}) == std::vector<int64_t>{2, 5, 4});
  CHECK(bound({Shape{2, 5}, std::nullopt, Shape{0}}) == std::vector<int64_t>{2, 5, 0});
}

TEST_CASE("disagreements name both sides") {
  CHECK(problemsOf({Shape{2, 5}, Shape{3, 6}, Shape{8}}) == Texts{"`mask[0]` is 3 but `ids[0]` makes B 2"});
  CHECK(problemsOf({Shape{2, 5}, Shape{2, 7}, Shape{8}}) ==
        Texts{"`mask[1]` is 7 but `T + 1` is 6 where B is 2 (from `ids[0]`), T is 5 (from `ids[1]`), S is 4 (from "
              "`halves[0]`)"});
  CHECK(problemsOf({Shape{2, 5}, std::nullopt, Shape{7}}) == Texts{"`halves[0]` is 7, but no size S makes `2 * S` so"});
  CHECK(problemsOf({Shape{5}, std::nullopt, Shape{2, 2}}) ==
        Texts{"`ids` is [5] but `forward` takes [B, T]", "`halves` is [2, 2] but `forward` takes [2 * S]"});
  CHECK(problemsOf({Shape{2, 5}, std::nullopt, std::nullopt}) ==
        Texts{"the size S is not known: no input that gives it is there"});
}

TEST_CASE("an axis of a result that would be less than none is told with the sizes") {
  Result<std::vector<Tensor>> results = allocateResults(entry, std::vector<int64_t>{2, -3, 4});
  REQUIRE(!results);
  CHECK(results.error().text == "the result `out`: its axis `T + 1` would be -2 where B is 2, T is -3, S is 4");
  CHECK(allocateResults(entry, std::vector<int64_t>{2, -1, 4})->size() == 1); // an empty one
}

TEST_CASE("inputs are converted, absent ones filled") {
  std::vector<int64_t> ids = {1, 2, 3};
  std::vector<float> halves = {0.5, 1};
  std::vector<std::optional<TensorView>> given = {TensorView{I64, {1, 3}, reinterpret_cast<std::byte *>(ids.data())},
                                                  std::nullopt,
                                                  TensorView{F32, {2}, reinterpret_cast<std::byte *>(halves.data())}};
  Result<PreparedInputs> prepared = prepareInputs(entry, given);
  REQUIRE(prepared);
  CHECK(static_cast<int32_t *>(prepared->pointers[0])[2] == 3);
  CHECK(prepared->tensors[1].shape() == Shape{1, 4});
  CHECK(static_cast<uint8_t *>(prepared->pointers[1])[3] == 1);
  CHECK(shapeOf(output, prepared->sizes) == Shape{1, 4});

  given[0].reset();
  given[2]->type = I32;
  CHECK(prepareInputs(entry, given).error().text ==
        "2 inputs do not fit `forward(ids: i32 [B, T], mask?: bool [B, T + 1], halves: f32 [2 * S]) -> (out: f32 [B, T "
        "+ 1])`\n"
        "  `ids` is missing, i32 [B, T]\n"
        "  `halves` is i32 but `forward` takes f32: integers and floats do not convert");
}
