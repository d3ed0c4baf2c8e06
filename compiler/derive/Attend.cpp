// heed.attend and its gradient: gradient, frontier, cost.
#include "compiler/derive/Cost.h"
#include "compiler/derive/Derivable.h"
#include "compiler/derive/Frontier.h"

using namespace mlir;

namespace heed {

Answer AttendOp::differentiate() { return noGradientYet(*this); }

// Every term is read for visible keys only; what decides which are visible is read where `where` holds. A row's weights
// depend on all its visible scores, whatever the row program does with them.
void AttendOp::stream(Frontier &in) {
  Frontier::Statement s{*this, getResult(), {getBoundExprs(), static_cast<unsigned>(getRank()), 0}, {}};
  s.where = in.conditions(getWhereAttr(), getSymbolExprs(), s.points.bounds.size());
  streams::Reaches reaches;
  for (Region *region : {&getScore(), &getValue(), &getVisible()}) {
    for (auto term : region->getOps<IndexOp>())
      in.reads(term, &s, getResult(), reaches);
    in.numbers(*region, getResult(), reaches);
  }
  in.counts(s, s.points.kept, reaches);

  Frontier::Statement row{*this, getResult(), s.points, {{}}};
  row.points.bounds.truncate(row.points.kept);
  for (auto op : getWeights().getOps<IndexOp>())
    if (llvm::any_of(op.getSources(), [&](Value source) { return !getWeights().isAncestor(source.getParentRegion()); }))
      in.reads(op, &row, getResult(), reaches);
  in.numbers(getWeights(), getResult(), reaches);
  in.set(getResult(), reaches);
}
void AttendOp::cost(Cost &of) { of.attend(*this); }

Answer AttendGradOp::differentiate() { return Answer::notYet("second derivatives of `attend` are not derived yet"); }
void AttendGradOp::stream(Frontier &) {} // a gradient has no step
void AttendGradOp::cost(Cost &of) { of.unknown.push_back(*this); }

} // namespace heed
