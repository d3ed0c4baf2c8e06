// heed.reshape and heed.sort: gradient, frontier, cost.
#include "compiler/derive/Cost.h"
#include "compiler/derive/Derivable.h"
#include "compiler/derive/Frontier.h"

using namespace mlir;

namespace heed {

using namespace streams;

// ---- reshape --------------------------------------------------------------------------------------------------------

namespace {
/// The source's index along each axis, in terms of the result's; null where it is no affine form of them. Axes are
/// matched in groups of equal size, from the first on.
class Regroup {
public:
  Regroup(ArrayRef<SizeExpr> source, ArrayRef<SizeExpr> result, MLIRContext *context)
      : source(source), result(result), context(context) {
    unsigned s = 0, r = 0;
    while (s != source.size() || r != result.size()) {
      unsigned firstS = s, firstR = r;
      SizeExpr left = s != source.size() ? source[s++] : SizeExpr(1),
               right = r != result.size() ? result[r++] : SizeExpr(1);
      while (!(left == right) && (s != source.size() || r != result.size())) {
        bool takeLeft = s != source.size() && (r == result.size() || right.dividedBy(left).has_value());
        (takeLeft ? left : right) = takeLeft ? left * source[s++] : right * result[r++];
      }
      group(firstS, s, firstR, r);
    }
  }
  SmallVector<AffineExpr> map;

private:
  void group(unsigned firstS, unsigned endS, unsigned firstR, unsigned endR) {
    // Row-major, the last axis innermost: every stride but that of the outermost axis must be a number.
    AffineExpr number = getAffineConstantExpr(0, context);
    int64_t stride = 1;
    bool known = true;
    for (unsigned r = endR; r-- > firstR;) {
      known &= stride != 0;
      number = number + getAffineDimExpr(r, context) * stride;
      stride *= result[r].constant().value_or(0);
    }
    SmallVector<AffineExpr> indices(endS - firstS);
    stride = 1;
    for (unsigned s = endS; s-- > firstS;) {
      AffineExpr index = stride ? number.floorDiv(stride) : number;
      std::optional<int64_t> extent = source[s].constant();
      if (s != firstS && extent)
        index = index % *extent;
      indices[s - firstS] = known && stride && (s == firstS || extent) ? index : AffineExpr();
      stride *= extent.value_or(0);
    }
    if (endS - firstS == 1 && endR - firstR == 1)
      indices[0] = getAffineDimExpr(firstR, context);
    map.append(indices);
  }

  ArrayRef<SizeExpr> source, result;
  MLIRContext *context;
};
} // namespace

Answer ReshapeOp::differentiate() { return noGradientYet(*this); }
void ReshapeOp::stream(Frontier &in) {
  SmallVector<SizeExpr> axes = Frontier::axesOf(getResult());
  Regroup regroup(Frontier::axesOf(getSource()), axes, getContext());
  Points points{axes, static_cast<unsigned>(axes.size()), 0};
  Reaches reaches;
  for (const Reach &reach : in.of(getSource())) {
    SmallVector<AffineExpr> upper;
    for (AffineExpr bound : reach.bounds) {
      bool lost = false;
      for (auto [axis, index] : llvm::enumerate(regroup.map))
        lost |= !index && bound.isFunctionOfDim(axis);
      SmallVector<AffineExpr> dims(regroup.map);
      llvm::replace(dims, AffineExpr(), getAffineConstantExpr(0, getContext()));
      if (!lost)
        upper.push_back(bound.replaceDims(dims));
    }
    bool merged = upper.empty() && !reach.toTheEnd();
    if (auto found = project(in.sizes(), points, upper, {}))
      in.made({merged ? Cause::Merge : Cause::Read, getLoc(), *this, getResult(), getSource(), in.keep(reach)}, *found,
              reaches);
  }
  in.set(getResult(), reaches);
}
void ReshapeOp::cost(Cost &) {} // a view

// ---- sort -----------------------------------------------------------------------------------------------------------

Answer SortOp::differentiate() { return noGradientYet(*this); }
void SortOp::stream(Frontier &in) {
  SmallVector<SizeExpr> from = Frontier::axesOf(getSource());
  for (Value result : getResults()) {
    SmallVector<SizeExpr> axes = Frontier::axesOf(result);
    Frontier::Statement s{*this, result, {axes, static_cast<unsigned>(axes.size()), 0}, {{}}};
    s.points.bounds.push_back(from.back());
    SmallVector<AffineExpr> map;
    for (unsigned axis = 0; axis != from.size(); ++axis)
      map.push_back(getAffineDimExpr(axis + 1 == from.size() ? axes.size() : axis, getContext()));
    Reaches reaches;
    in.read(s, getSource(), AffineMap::get(s.points.bounds.size(), in.sizes().size(), map, getContext()),
            {Cause::Sort, getLoc(), *this, result, getSource(), nullptr}, reaches);
    in.counts(s, axes.size(), reaches);
    in.set(result, reaches);
  }
}
void SortOp::cost(Cost &) {} // it compares

} // namespace heed
