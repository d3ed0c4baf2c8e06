// Masks to try, and what each pair of blocks needs by looking at every pair of row and key. Indices are b < 2, i < T,
// j < P + T, or j and i in these roles; symbols are P and T.
#pragma once

#include "Doctest.h"

#include "compiler/interpret/AffineCode.h"
#include "compiler/masks/MaskBounds.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/MLIRContext.h"

#include <random>

namespace heed::test {

struct Context {
  Context() { context.loadDialect<HeedDialect>(); }
  operator mlir::MLIRContext &() { return context; }
  mlir::MLIRContext context;
};

struct Visit {
  int64_t block;
  bool masked;
  auto operator<=>(const Visit &) const = default;
};

/// A place at which bounds are evaluated.
struct At {
  int64_t past, length; // P, T
  int64_t batch, block; // b, the row block
};

class Mask {
public:
  Mask(mlir::MLIRContext &context, std::string text, int64_t rows = 8, int64_t keys = 16, bool transposed = false)
      : text(text) {
    SizeExpr P = SizeExpr::symbol("P"), T = SizeExpr::symbol("T");
    auto where = mlir::parseAttribute("#heed.condition<(d0, d1, d2)[s0, s1] : " + text + ">", &context);
    REQUIRE_MESSAGE(where, text);
    ask = {mlir::cast<ConditionAttr>(where), {2, T, P + T}, {P, T}, {1, rows}, {2, keys}};
    if (transposed)
      ask.rows = {2, keys}, ask.keys = {1, rows};
  }

  int64_t extent(unsigned dim, const At &at) const { return dim == 1 ? at.length : at.past + at.length; }
  int64_t blocks(BlockAxis axis, const At &at) const { return (extent(axis.dim, at) + axis.block - 1) / axis.block; }

  /// Blocks with a visible pair, and whether they have one that is hidden too.
  std::vector<Visit> needed(const At &at) const {
    ConditionCode where(ask.where, {at.past, at.length});
    std::vector<Visit> visits;
    for (int64_t k = 0; k != blocks(ask.keys, at); ++k) {
      bool any = false, all = !ask.padded || (k + 1) * ask.keys.block <= extent(ask.keys.dim, at);
      for (int64_t x = at.block * ask.rows.block; x != end(ask.rows, at.block, at); ++x)
        for (int64_t y = k * ask.keys.block; y != end(ask.keys, k, at); ++y) {
          int64_t dims[] = {at.batch, ask.rows.dim == 1 ? x : y, ask.rows.dim == 1 ? y : x};
          bool holds = where.holds({dims, nullptr});
          any |= holds, all &= holds;
        }
      if (any)
        visits.push_back({k, !all});
    }
    return visits;
  }

  /// What the bounds say.
  std::vector<Visit> bounded(const Bounds &bounds, const At &at) const {
    std::vector<Visit> visits;
    for (int64_t k = 0; k != blocks(ask.keys, at); ++k)
      if (has(bounds, bounds.visited, k, at))
        visits.push_back({k, has(bounds, bounds.broken, k, at)});
    return visits;
  }

  /// Every place at small sizes, none of them multiples of blocks only.
  template <typename Body> void everywhere(Body body) const {
    for (int64_t length : {0, 1, 7, 8, 33, 50})
      for (int64_t past : {0, 1, 16, 37}) {
        At at{past, length, 0, 0};
        for (at.batch = 0; at.batch != 2; ++at.batch)
          for (at.block = 0; at.block != blocks(ask.rows, at); ++at.block)
            body(at);
      }
  }

  /// The values of `Bounds::symbols`.
  static std::vector<int64_t> sizes(const Bounds &bounds, const At &at) {
    std::vector<int64_t> values;
    for (const SizeExpr &size : bounds.symbols)
      values.push_back(*size.evaluate([&](std::string_view name) { return name == "P" ? at.past : at.length; }));
    return values;
  }

  std::string text;
  MaskQuestion ask;

private:
  int64_t end(BlockAxis axis, int64_t block, const At &at) const {
    return std::min((block + 1) * axis.block, extent(axis.dim, at));
  }

  static bool has(const Bounds &bounds, llvm::ArrayRef<Interval> intervals, int64_t k, const At &at) {
    std::vector<int64_t> values = sizes(bounds, at);
    int64_t dims[] = {at.batch, at.block, at.block};
    auto all = [&](mlir::AffineMap map, auto holds) {
      return llvm::all_of(map.getResults(),
                          [&](mlir::AffineExpr e) { return holds(AffineCode(e, values).at({dims, nullptr})); });
    };
    return llvm::any_of(intervals, [&](const Interval &interval) {
      return all(interval.guard, [](int64_t value) { return value >= 0; }) &&
             all(interval.lower, [&](int64_t value) { return value <= k; }) &&
             all(interval.upper, [&](int64_t value) { return value >= k; });
    });
  }
};

/// Up to `most` conjunctions of up to `each` comparisons that `atom` gives.
template <typename Atom> std::string randomMask(std::mt19937 &random, int most, int each, Atom atom) {
  std::string text;
  for (int conjunctions = 1 + random() % most; conjunctions > 0; --conjunctions) {
    text += text.empty() ? "(" : " or (";
    for (int atoms = 1 + random() % each; atoms > 0; --atoms)
      text += atom() + (atoms > 1 ? ", " : ")");
  }
  return text;
}

/// Comparisons of row with key, or of one of them, with sizes and numbers.
inline std::string randomDifferences(std::mt19937 &random, int most = 3, int each = 2) {
  auto below = [&](int n) { return int(random() % n); };
  return randomMask(random, most, each, [&] {
    const char *indices[] = {"d1 - d2", "d2 - d1", "d1", "-d1", "d2", "-d2"}, *past[] = {"", " + s0", " - s0"};
    return std::string(indices[below(6)]) + past[below(3)] + " + " + std::to_string(below(60) - 30);
  });
}

/// All that conditions can say, with quotients and remainders.
inline std::string randomCondition(std::mt19937 &random, int most = 3, int each = 3) {
  auto below = [&](int n) { return int(random() % n); };
  auto number = [&](int most) { return std::to_string(below(2 * most + 1) - most); };
  auto linear = [&](int most) {
    return number(2) + " * d1 + " + number(2) + " * d2 + " + number(1) + " * s0 + " + number(most);
  };
  auto atom = [&]() -> std::string {
    std::string by = std::to_string(2 + below(11));
    switch (below(8)) {
    case 0:
      return "(d1 + s0) floordiv " + by + " - d2 floordiv " + by + (below(2) ? " = 0" : " + " + number(2));
    case 1:
      return "(d1 - d2 + s0) mod " + by + (below(2) ? " = 0" : " - 1");
    case 2:
      return linear(20) + " + " + number(2) + " * s1 + " + number(9) + " * d0";
    case 3:
      return linear(40) + " = 0";
    case 4:
      return "(" + linear(9) + ") floordiv " + by + " + " + linear(9);
    default:
      return "d1 * " + number(1) + " + d2 * " + number(1) + " + s0 * " + number(1) + " + " + number(40);
    }
  };
  return randomMask(random, most, each, atom);
}

} // namespace heed::test
