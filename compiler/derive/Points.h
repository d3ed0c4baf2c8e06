// How many points a condition leaves. In: an affine condition over indices in boxes. Out: their number as a formula in
// the sizes, exact for intervals, bands (causal masks, windows) and unions of them, else an upper bound that says so.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

/// Twice a number of points, so that triangles are polynomials: T^2 + T is twice the causal pairs.
struct PointCount {
  SizeExpr twice = 2;
  bool atMost = false; // there may be fewer

  PointCount times(const SizeExpr &) const;
  /// `each` operations at every point.
  SizeExpr of(const SizeExpr &each) const;
};

/// Points of the box [0, bounds) where the condition holds (null: all). `symbols`: the sizes that its first symbols
/// are; what depends on data counts as true.
PointCount countPoints(ConditionAttr, llvm::ArrayRef<SizeExpr> symbols, llvm::ArrayRef<SizeExpr> bounds);

} // namespace heed
