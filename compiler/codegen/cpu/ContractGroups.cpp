// Groups by who reads whom; strides by how an access moves when an index grows by 1.
#include "compiler/codegen/cpu/ContractGroups.h"

using namespace mlir;

namespace heed {

SizeExpr extentOf(IndexOp op, ArrayRef<unsigned> dims) {
  SmallVector<SizeExpr> bounds = op.getBoundExprs();
  SizeExpr product = 1;
  for (unsigned dim : dims)
    product = product * bounds[dim];
  return product;
}

std::optional<SizeExpr> flatStride(IndexOp op, AccessAttr access, ArrayRef<unsigned> dims) {
  SmallVector<SizeExpr> axes = axesOf(cast<RankedTensorType>(op.getSources()[access.getOperand()].getType()));
  AffineMap map = access.getMap();
  auto ofDim = [&](unsigned dim) -> std::optional<SizeExpr> {
    AffineExpr index = getAffineDimExpr(dim, op.getContext());
    SizeExpr sum = 0, behind = 1;
    for (unsigned axis = axes.size(); axis-- > 0; behind = behind * axes[axis]) {
      AffineExpr expr = map.getResult(axis);
      AffineExpr step =
          simplifyAffineExpr(expr.replace(index, index + 1) - expr, map.getNumDims(), map.getNumSymbols());
      auto constant = dyn_cast<AffineConstantExpr>(step);
      if (!constant)
        return std::nullopt;
      sum = sum + behind * constant.getValue();
    }
    return sum;
  };
  SizeExpr least = 0, expected = 0;
  for (unsigned dim : llvm::reverse(dims)) {
    std::optional<SizeExpr> own = ofDim(dim);
    bool isLast = dim == dims.back();
    if (!own || (!isLast && !(*own == expected)))
      return std::nullopt;
    if (isLast)
      least = *own;
    expected = *own * op.getBoundExprs()[dim];
  }
  return least;
}

// ---- groups ----

/// Into the first one; the other is left empty.
static bool join(ContractGroup &into, ContractGroup &other) {
  auto widths = [](ContractGroup &group) {
    Contraction &product = group.products.front();
    return llvm::map_to_vector(product.columns, [&](unsigned dim) { return product.op.getBoundExprs()[dim]; });
  };
  if (widths(into) != widths(other))
    return false;
  llvm::append_range(into.products, other.products);
  llvm::append_range(into.epilogue, other.epilogue);
  llvm::sort(into.epilogue, [](IndexOp a, IndexOp b) { return a->isBeforeInBlock(b); });
  other = {};
  return true;
}

std::optional<std::vector<ContractGroup>> groupsOf(const ContractMatch &match) {
  std::vector<ContractGroup> groups;
  llvm::DenseMap<Operation *, unsigned> groupOf;
  for (const Contraction &product : match.contractions) {
    groupOf[product.op] = groups.size();
    groups.push_back({{product}, {}});
  }
  for (IndexOp op : match.epilogue) {
    llvm::SmallSetVector<unsigned, 4> read;
    for (Value source : op.getSources())
      if (Operation *made = source.getDefiningOp(); made && groupOf.contains(made))
        read.insert(groupOf.at(made));
    for (unsigned other : ArrayRef(read.getArrayRef()).drop_front()) {
      if (!join(groups[read[0]], groups[other]))
        return std::nullopt;
      for (auto &known : groupOf)
        if (known.second == other)
          known.second = read[0];
    }
    groups[read[0]].epilogue.push_back(op);
    groupOf[op] = read[0];
  }
  llvm::erase_if(groups, [](const ContractGroup &group) { return group.products.empty(); });
  return groups;
}

} // namespace heed
