// Layouts as formulas: digits, strides and maps against each other; and models whose parameters lie in panels compute
// what the interpreter says, with the gather of a tied embedding through the panels of its product.
#include "RunPlain.h"

#include "compiler/codegen/Codegen.h"

#include "mlir/Parser/Parser.h"

using namespace heed;
using namespace heed::test;

namespace {

/// Checks that different indices have different places, all within the stored ones, and that the map says the same as
/// the digits.
void checkPlaces(LayoutAttr layout, llvm::ArrayRef<int64_t> shape) {
  std::vector<bool> taken(layout.getStoredCount());
  mlir::AffineMap map = layout.getMap();
  llvm::SmallVector<int64_t> index(shape.size());
  auto visit = [&](auto &&self, size_t axis) -> void {
    if (axis != shape.size()) {
      for (index[axis] = 0; index[axis] != shape[axis]; ++index[axis])
        self(self, axis + 1);
      return;
    }
    int64_t place = 0, linear = 0;
    llvm::SmallVector<int64_t, 4> digits = map.compose(index);
    for (auto [digit, value, stride] : llvm::zip(layout.getDigits(), digits, layout.getStrides())) {
      CHECK(value == index[digit.axis] / digit.divisor % digit.extent);
      place += value * stride;
      linear = linear * digit.extent + value;
    }
    CHECK(place == linear);
    REQUIRE(place < int64_t(taken.size()));
    CHECK(!taken[place]);
    taken[place] = true;
  };
  visit(visit, 0);
}

/// Logits of a tied embedding behind two layers with odd widths, and the table's rows as another result.
constexpr const char *tied = R"MODEL(
!tokens = tensor<?xi32, #heed.axes<T>>
!x = tensor<?x7xf32, #heed.axes<T, 7>>
!w = tensor<7x7xf32, #heed.axes<7, 7>>
!stack = tensor<2x7x7xf32, #heed.axes<2, 7, 7>>
!table = tensor<51x7xf32, #heed.axes<51, 7>>
!y = tensor<?x51xf32, #heed.axes<T, 51>>
heed.model @Tied digest "" precision "f32" {
  heed.param @"h.*.w" stacked : !stack
  heed.param @table : !table
  heed.entry @forward(%tokens: !tokens {heed.input = "tokens"}, %w: !stack {heed.param = @"h.*.w"},
                      %table: !table {heed.param = @table})
      -> (!y {heed.result = "logits"}, !x {heed.result = "rows"}) attributes {sizes = ["T"], stream = "T"} {
    %x = heed.index none [t < T, d < 7] (%tokens[t], %table[data$0, d]) {
    ^bb0(%0: i64, %1: f32):
      heed.yield %1 : f32
    } : (!tokens, !table) -> !x
    %h = heed.repeat schedule [0, 0] carries(%x : !x) stacks(%w of 0 : !stack) {
    ^bb0(%turn: i64, %c: !x, %layer: !w):
      %n = heed.index sum [t < T, o < 7 | i < 7] (%c[t, i], %layer[i, o]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.mulf %0, %1 : f32
        heed.yield %2 : f32
      } : (!x, !w) -> !x
      heed.yield %n : !x
    } : !x
    %y = heed.index sum [t < T, v < 51 | d < 7] (%h[t, d], %table[v, d]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (!x, !table) -> !y
    heed.return %y, %x : !y, !x
  }
}
)MODEL";

} // namespace

TEST_CASE("layouts: panels of any width") {
  auto *context = &compilerContext();
  context->loadDialect<HeedDialect>();
  for (int64_t width : {16, 48})
    for (int64_t columns : {1, 15, 16, 17, 48, 100})
      for (int64_t rows : {1, 7}) {
        auto stored = LayoutAttr::panels(context, {rows, columns}, {1}, {0}, width);
        CHECK(stored.getStoredCount() == (columns + width - 1) / width * width * rows);
        checkPlaces(stored, {rows, columns});
        checkPlaces(LayoutAttr::panels(context, {columns, rows}, {0}, {1}, width), {columns, rows});
      }
  // A stack of (heads, head, width) times reduced heads and head.
  auto stacked = LayoutAttr::panels(context, {3, 2, 5, 20}, {3}, {1, 2}, 16);
  checkPlaces(stacked, {3, 2, 5, 20});
  CHECK(stacked.getPaddedShape() == llvm::SmallVector<int64_t>{3, 2, 5, 32});
  CHECK(stacked.isSlicedBy(1));
  CHECK(!stacked.isSlicedBy(2));
  CHECK(stacked.slice(1) == LayoutAttr::panels(context, {2, 5, 20}, {2}, {0, 1}, 16));
}

TEST_CASE("layouts: the tiles of AMX") {
  auto *context = &compilerContext();
  context->loadDialect<HeedDialect>();
  // [n/32][k/32][n/16 % 2][k/2 % 16][n % 16][k % 2] of (k, n)
  auto tiles = LayoutAttr::get(context, {{1, 32, 2}, {0, 32, 3}, {1, 16, 2}, {0, 2, 16}, {1, 1, 16}, {0, 1, 2}});
  checkPlaces(tiles, {70, 33});
  CHECK(tiles.getStoredCount() == 96 * 64);
  CHECK(tiles.getMap().compose({67, 50}) == llvm::SmallVector<int64_t, 4>{1, 2, 1, 1, 2, 1});
}

TEST_CASE("layouts: a model says how its parameters are stored") {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(tied, &compilerContext());
  REQUIRE(bool(module));
  auto loaded = LoadedModel::fromObjects(compile(*module, {.panel = 16}));
  if (!loaded)
    REQUIRE_MESSAGE(false, llvm::toString(loaded.takeError()));
  const heed_model &model = **loaded;
  // (2, 7, 7) in one panel of 16 a layer, (51, 7) in four of them.
  const heed_parameter &w = model.parameters[0], &table = model.parameters[1];
  REQUIRE(w.digit_count == 4);
  CHECK((w.digits[0].axis == 0 && w.digits[0].divisor == 1 && w.digits[0].extent == 2));
  CHECK((w.digits[1].axis == 2 && w.digits[1].divisor == 16 && w.digits[1].extent == 1));
  CHECK((w.digits[2].axis == 1 && w.digits[2].divisor == 1 && w.digits[2].extent == 7));
  CHECK((w.digits[3].axis == 2 && w.digits[3].divisor == 1 && w.digits[3].extent == 16));
  REQUIRE(table.digit_count == 3);
  CHECK((table.digits[0].axis == 0 && table.digits[0].divisor == 16 && table.digits[0].extent == 4));
  CHECK(table.offset == 2 * 7 * 16 * 4);
  CHECK(model.weights_bytes == table.offset + 4 * 7 * 16 * 4);
}

TEST_CASE("layouts: a gather reads through the panels of a product") {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(tied, &compilerContext());
  REQUIRE(bool(module));
  Array tokens(false, {6}), w = someFloats({2, 7, 7}, 1), table = someFloats({51, 7}, 2);
  for (size_t t = 0; t != 6; ++t)
    tokens.cells[t] = int64_t(t * 17 % 51);
  Outcome expected = run(*module, "forward", {tokens}, {{"h.*.w", w}, {"table", table}});
  for (int64_t panel : {0, 16, 48}) {
    INFO("panels of ", panel);
    Outcome found = runPlain(*module, "forward", {tokens}, {w, table}, 0, {.panel = panel});
    checkClose(found.reals(0), expected.reals(0), 1e-5);
    checkClose(found.reals(1), expected.reals(1), 1e-7);
  }
}
