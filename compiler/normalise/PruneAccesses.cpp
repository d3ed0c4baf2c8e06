// In: an index op. Out: the same op where no access repeats another, every access is read (by the body, or as data by a
// map, a guard or `where`), and every operand has an access.
#include "compiler/normalise/Normalise.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace heed {
namespace {

class Pruner {
public:
  explicit Pruner(IndexOp op)
      : op(op), context(op.getContext()), data(firstData(op)), accesses(op.getAccessList()), sameAs(accesses.size()),
        live(accesses.size(), false) {}

  void run() {
    mergeEqual();
    markLive();
    if (llvm::all_of(live, [](bool l) { return l; }) && op.getSources().size() == countSources())
      return;
    rebuild();
  }

private:
  /// Every access that equals an earlier one is read through that one. Data symbols refer backwards, so one round is
  /// enough.
  void mergeEqual() {
    Block &body = op.getBody().front();
    for (unsigned k = 0; k < accesses.size(); ++k) {
      SmallVector<AffineExpr> symbols = symbolsBy([&](unsigned s) { return sameAs[s]; }, k);
      accesses[k] = withSymbols(accesses[k], symbols, data + accesses.size());
      sameAs[k] = k;
      for (unsigned earlier = 0; earlier < k; ++earlier)
        if (sameAs[earlier] == earlier && source(earlier) == source(k) &&
            accesses[earlier].getMap() == accesses[k].getMap() &&
            accesses[earlier].getGuard() == accesses[k].getGuard()) {
          sameAs[k] = earlier;
          body.getArgument(k).replaceAllUsesWith(body.getArgument(earlier));
          break;
        }
    }
    where = op.getWhereAttr();
    if (where)
      where =
          withSymbols(where, symbolsBy([&](unsigned s) { return sameAs[s]; }, accesses.size()), data + accesses.size());
  }

  void markLive() {
    markData(where);
    for (unsigned k = accesses.size(); k-- > 0;) {
      live[k] = sameAs[k] == k && (live[k] || !op.getBody().getArgument(k).use_empty());
      if (!live[k])
        continue;
      for (AffineExpr e : accesses[k].getMap().getResults())
        markData(e);
      markData(accesses[k].getGuard());
    }
  }
  void markData(AffineExpr e) {
    e.walk([&](AffineExpr part) {
      if (auto symbol = dyn_cast<AffineSymbolExpr>(part); symbol && symbol.getPosition() >= data)
        live[symbol.getPosition() - data] = true;
    });
  }
  void markData(ConditionAttr condition) {
    if (condition)
      for (IntegerSet set : condition.getSets())
        set.walkExprs([&](AffineExpr e) { markData(e); });
  }

  void rebuild() {
    SmallVector<unsigned> renumbered(accesses.size(), 0);
    unsigned kept = 0;
    for (unsigned k = 0; k < accesses.size(); ++k)
      if (live[k])
        renumbered[k] = kept++;
    SmallVector<AffineExpr> symbols = symbolsBy([&](unsigned s) { return renumbered[s]; }, accesses.size());

    llvm::SetVector<Value> sources;
    SmallVector<Attribute> remaining;
    for (unsigned k = 0; k < accesses.size(); ++k) {
      if (!live[k])
        continue;
      sources.insert(source(k));
      unsigned operand = llvm::find(sources, source(k)) - sources.begin();
      AccessAttr access = withSymbols(accesses[k], symbols, data + kept);
      remaining.push_back(AccessAttr::get(context, operand, access.getMap(), access.getGuard()));
    }
    if (where)
      op.setWhereAttr(withSymbols(where, symbols, data + kept));
    op.setAccessesAttr(ArrayAttr::get(context, remaining));
    op->setOperands(sources.getArrayRef());
    op.getBody().front().eraseArguments([&](BlockArgument arg) { return !live[arg.getArgNumber()]; });
  }

  Value source(unsigned access) { return op.getSources()[accesses[access].getOperand()]; }
  unsigned countSources() {
    llvm::SetVector<Value> sources;
    for (unsigned k = 0; k < accesses.size(); ++k)
      sources.insert(source(k));
    return sources.size();
  }

  /// Replacements for all symbols: sizes stay, the data of access s becomes that of `to(s)` for the first `known`
  /// accesses.
  SmallVector<AffineExpr> symbolsBy(llvm::function_ref<unsigned(unsigned)> to, unsigned known) {
    SmallVector<AffineExpr> symbols;
    for (unsigned s = 0; s < data; ++s)
      symbols.push_back(getAffineSymbolExpr(s, context));
    for (unsigned s = 0; s < accesses.size(); ++s)
      symbols.push_back(getAffineSymbolExpr(data + (s < known ? to(s) : s), context));
    return symbols;
  }
  ConditionAttr withSymbols(ConditionAttr condition, ArrayRef<AffineExpr> symbols, unsigned count) {
    if (!condition)
      return condition;
    SmallVector<IntegerSet> sets;
    for (IntegerSet set : condition.getSets())
      sets.push_back(set.replaceDimsAndSymbols({}, symbols, set.getNumDims(), count));
    return ConditionAttr::get(context, sets);
  }
  AccessAttr withSymbols(AccessAttr access, ArrayRef<AffineExpr> symbols, unsigned count) {
    AffineMap map = access.getMap();
    return AccessAttr::get(context, access.getOperand(),
                           map.replaceDimsAndSymbols({}, symbols, map.getNumDims(), count),
                           withSymbols(access.getGuard(), symbols, count));
  }

  IndexOp op;
  MLIRContext *context;
  unsigned data;
  SmallVector<AccessAttr> accesses;
  SmallVector<unsigned> sameAs; // the first access equal to this one
  SmallVector<bool> live;
  ConditionAttr where;
};

} // namespace

void pruneAccesses(IndexOp op) { Pruner(op).run(); }

} // namespace heed
