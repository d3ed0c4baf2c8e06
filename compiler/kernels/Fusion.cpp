#include "compiler/kernels/Fusion.h"

#include "compiler/kernels/ContractMatch.h"
#include "compiler/kernels/KernelNames.h"
#include "compiler/kernels/KernelRows.h"

using namespace mlir;

namespace heed {

// ---- contractions ---------------------------------------------------------------------------------------------------

static std::vector<Contraction> contractionsOf(const Groups &groups, Groups::Id id) {
  std::vector<Contraction> found;
  std::string why;
  for (Operation *op : groups.ops(id))
    if (auto index = dyn_cast<IndexOp>(op))
      if (auto contraction = matchContraction(index, why))
        found.push_back(*contraction);
  return found;
}

KernelKind kindOf(const Groups &groups, Groups::Id id) {
  Operation *first = groups.ops(id).front();
  if (isa<AttendOp>(first))
    return KernelKind::attend;
  if (isa<SortOp>(first) || cast<IndexOp>(first).getForm() == Form::scatter)
    return KernelKind::group;
  return contractionsOf(groups, id).empty() ? KernelKind::rows : KernelKind::contract;
}

static SmallVector<Groups::Id> contractGroups(const Groups &groups) {
  return llvm::filter_to_vector(groups.all(), [&](Groups::Id id) { return !contractionsOf(groups, id).empty(); });
}

/// An index op that no pattern has taken yet.
static IndexOp freeIndexOp(const Groups &groups, Operation *op) {
  auto index = dyn_cast<IndexOp>(op);
  if (!index || groups.ops(groups.of(op)).size() > 1)
    return {};
  std::string why;
  return matchContraction(index, why) ? IndexOp() : index;
}

void mergeSiblings(Groups &groups) {
  SmallVector<Groups::Id> ids = contractGroups(groups);
  for (auto [i, first] : llvm::enumerate(ids)) {
    if (groups.ops(first).empty())
      continue;
    for (Groups::Id second : ArrayRef(ids).drop_front(i + 1)) {
      if (groups.ops(second).empty())
        continue;
      Contraction x = contractionsOf(groups, first).front(), y = contractionsOf(groups, second).front();
      if (!shareA(x, y))
        continue;
      if (!groups.reaches(first, second))
        groups.merge(first, second);
      else
        groups.decline(first, called(y.op) + " multiplies the same rows, but needs " + called(x.op));
    }
  }
}

// ---- epilogues ------------------------------------------------------------------------------------------------------

/// Readers of what a group makes, in the order of the block.
static SmallVector<Operation *> readersOf(const Groups &groups, Groups::Id id) {
  llvm::SetVector<Operation *> readers;
  for (Operation *op : groups.ops(id))
    for (Operation *user : op->getUsers())
      if (Operation *reader = op->getBlock()->findAncestorOpInBlock(*user);
          !reader->hasTrait<OpTrait::IsTerminator>() && groups.of(reader) != id)
        readers.insert(reader);
  SmallVector<Operation *> sorted = readers.takeVector();
  llvm::sort(sorted, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
  return sorted;
}

/// Takes the first reader that fits; whether there was one.
static bool absorbReader(Groups &groups, Groups::Id id) {
  SmallVector<std::string> reasons;
  for (Operation *op : readersOf(groups, id)) {
    IndexOp index = freeIndexOp(groups, op);
    if (!index || index.getReduction() != Reduction::none)
      continue;
    std::string why = whyNotEpilogue(index, [&](Value value) { return groups.has(id, value); });
    if (why.empty() && !groups.canMerge(id, groups.of(op)))
      why = "it needs what is only computed from the kernel's results";
    if (why.empty()) {
      groups.merge(id, groups.of(op));
      return true;
    }
    reasons.push_back(called(op) + " is not in the epilogue: " + why);
  }
  for (const std::string &why : reasons)
    groups.decline(id, why);
  return false;
}

void absorbEpilogues(Groups &groups) {
  // Later ones first: what reads two contractions goes to the second, where the first is known.
  SmallVector<Groups::Id> ids = contractGroups(groups);
  for (Groups::Id id : llvm::reverse(ids))
    while (absorbReader(groups, id))
      ;
}

// ---- prologues ------------------------------------------------------------------------------------------------------

/// The ops of a contract group that make rows of A.
static llvm::SmallPtrSet<Operation *, 8> prologueOf(const Groups &groups, Groups::Id id,
                                                    ArrayRef<Contraction> products) {
  llvm::SmallPtrSet<Operation *, 8> before;
  SmallVector<Value> open;
  for (Contraction product : products)
    open.push_back(product.sourceA());
  while (!open.empty()) {
    Operation *op = open.pop_back_val().getDefiningOp();
    if (op && groups.has(id, op->getResult(0)) && before.insert(op).second)
      open.append(op->operand_begin(), op->operand_end());
  }
  return before;
}

/// Why a producer of rows stays outside, or nothing.
static std::string whyOutside(const Groups &groups, Groups::Id id, IndexOp op, ArrayRef<Contraction> products,
                              const llvm::SmallPtrSetImpl<Operation *> &prologue) {
  Contraction first = products.front();
  SmallVector<SizeExpr> rows = resultBounds(first.op);
  rows.resize(first.outer());
  if (std::string why = whyNotPrologue(op, rows); !why.empty())
    return why;
  for (OpOperand &use : op->getUses()) {
    bool asA = llvm::any_of(products, [&](Contraction product) {
      return use.getOwner() == product.op && product.sourceA() == use.get() && product.sourceB() != use.get();
    });
    if (!asA && !prologue.contains(use.getOwner()))
      return "it is read elsewhere too";
    auto reader = cast<IndexOp>(use.getOwner());
    for (AccessAttr access : reader.getAccessList())
      if (reader.getSources()[access.getOperand()] == use.get())
        for (unsigned d = 0; d != rows.size(); ++d)
          if (access.getMap().getResult(d) != getAffineDimExpr(d, op.getContext()))
            return "a row of the kernel reads other rows of it";
  }
  return groups.canMerge(id, groups.of(op)) ? "" : "it is needed before";
}

void absorbPrologues(Groups &groups) {
  for (Groups::Id id : contractGroups(groups)) {
    std::vector<Contraction> products = contractionsOf(groups, id);
    for (bool grown = true; grown;) {
      grown = false;
      llvm::SmallPtrSet<Operation *, 8> prologue = prologueOf(groups, id, products);
      llvm::SetVector<Value> sources;
      sources.insert(products.front().sourceA());
      for (Operation *op : groups.ops(id))
        if (prologue.contains(op))
          sources.insert(op->operand_begin(), op->operand_end());
      for (Value source : sources) {
        IndexOp op = groups.maker(source) ? freeIndexOp(groups, source.getDefiningOp()) : IndexOp();
        if (!op || !whyOutside(groups, id, op, products, prologue).empty())
          continue;
        groups.merge(id, groups.of(op));
        grown = true;
        break;
      }
    }
    Value source = products.front().sourceA();
    if (IndexOp op = groups.maker(source) ? freeIndexOp(groups, source.getDefiningOp()) : IndexOp())
      groups.decline(id, called(op) + " is not in the prologue: " +
                             whyOutside(groups, id, op, products, prologueOf(groups, id, products)));
  }
}

// ---- rows -----------------------------------------------------------------------------------------------------------

namespace {

/// What a row of a merged kernel may hold, and the points that one of its ops may compute there where it has more rows
/// when it is alone.
constexpr int64_t rowBytes = 16 * 1024, rowPoints = 32 * 1024;

class RowMerger {
public:
  RowMerger(Groups &groups, const Sample &typical) : groups(groups), typical(typical) {}

  void run() {
    for (bool merged = true; merged;) {
      merged = false;
      forRelated([&](Groups::Id a, Groups::Id b) {
        if (!whyApart(a, b).empty())
          return;
        groups.merge(a, b);
        merged = true;
      });
    }
    forRelated([&](Groups::Id a, Groups::Id b) {
      groups.decline(a, called(groups.ops(b).front()) + " is not in these rows: " + whyApart(a, b));
    });
  }

private:
  void forRelated(function_ref<void(Groups::Id, Groups::Id)> act) {
    SmallVector<Groups::Id> ids = llvm::filter_to_vector(groups.all(), [&](Groups::Id id) { return isRows(id); });
    for (auto [i, a] : llvm::enumerate(ids))
      for (Groups::Id b : ArrayRef(ids).drop_front(i + 1))
        if (!groups.ops(a).empty() && !groups.ops(b).empty() && areRelated(a, b))
          act(a, b);
  }
  bool isRows(Groups::Id id) { return isa<IndexOp>(groups.ops(id).front()) && kindOf(groups, id) == KernelKind::rows; }

  /// One reads the other, or both read the same rows of a third.
  bool areRelated(Groups::Id a, Groups::Id b) {
    llvm::SmallPtrSet<void *, 8> rowsOfA;
    for (Operation *op : groups.ops(a))
      for (Value value : readByRow(op)) {
        rowsOfA.insert(value.getAsOpaquePointer());
        if (groups.has(b, value))
          return true;
      }
    for (Operation *op : groups.ops(b))
      for (Value value : readByRow(op))
        if (groups.has(a, value) || rowsOfA.contains(value.getAsOpaquePointer()))
          return true;
    // Scalars: rows of no index.
    return llvm::any_of(groups.ops(b), [&](Operation *op) {
      return llvm::any_of(op->getOperands(), [&](Value value) { return groups.has(a, value); });
    });
  }
  static SmallVector<Value> readByRow(Operation *op) {
    SmallVector<Value> values;
    auto index = cast<IndexOp>(op);
    for (AccessAttr access : index.getAccessList())
      if (index.getRank() > 0 && access.getMap().isFunctionOfDim(0))
        values.push_back(index.getSources()[access.getOperand()]);
    return values;
  }

  std::string whyApart(Groups::Id a, Groups::Id b) {
    SmallVector<Operation *> ops(groups.ops(a));
    llvm::append_range(ops, groups.ops(b));
    if (!groups.canMerge(a, b))
      return "between the two stands a third kernel";
    unsigned outer = outerIndices(ops);
    if (coarsens(groups.ops(a), outer) || coarsens(groups.ops(b), outer))
      return "together they would have fewer";
    if (handedOn(ops, outer) > rowBytes)
      return "what one hands to the next exceeds 16 KiB";
    return "";
  }

  /// Whether a kernel with these outer indices has fewer rows than the ops would have, or rows of far more work: then
  /// there is less to share out among threads.
  bool coarsens(ArrayRef<Operation *> ops, unsigned outer) {
    unsigned own = outerIndices(ops);
    if (own <= outer)
      return false;
    SmallVector<SizeExpr> bounds = resultBounds(ops.front());
    for (unsigned d = outer; d != own; ++d)
      if (!bounds[d].isConstant())
        return true;
    return llvm::any_of(ops, [&](Operation *op) {
      return valueOf(ArrayRef(cast<IndexOp>(op).getBoundExprs()).drop_front(outer)) > rowPoints;
    });
  }

  /// Bytes that lie between the ops of one row.
  int64_t handedOn(ArrayRef<Operation *> ops, unsigned outer) {
    int64_t bytes = 0;
    for (Operation *op : ops)
      if (llvm::any_of(op->getUsers(), [&](Operation *user) { return llvm::is_contained(ops, user); }))
        bytes += 4 * valueOf(ArrayRef(resultBounds(op)).drop_front(outer));
    return bytes;
  }

  int64_t valueOf(ArrayRef<SizeExpr> bounds) {
    SizeExpr product = 1;
    for (const SizeExpr &bound : bounds)
      product = product * bound;
    return product.evaluate(lookIn(typical)).value_or(std::numeric_limits<int64_t>::max() / 64);
  }

  Groups &groups;
  const Sample &typical;
};

} // namespace

void mergeRows(Groups &groups, const Sample &typical) { RowMerger(groups, typical).run(); }

} // namespace heed
