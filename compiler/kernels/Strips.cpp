#include "compiler/kernels/Strips.h"

#include "compiler/kernels/ContractMatch.h"
#include "compiler/kernels/KernelNames.h"
#include "compiler/kernels/KernelRows.h"
#include "compiler/kernels/SampleSizes.h"

using namespace mlir;

namespace heed {

/// Bytes of a row from which on strips pay: less is seldom held for many rows.
static constexpr int64_t longRow = 16 * 1024;

static SizeExpr productOf(ArrayRef<SizeExpr> bounds) {
  SizeExpr product = 1;
  for (const SizeExpr &bound : bounds)
    product = product * bound;
  return product;
}

/// Bytes of what the axes behind the first `outer` hold.
static SizeExpr bytesOfRow(RankedTensorType type, unsigned outer) {
  return bytesOf(tensorOf(ArrayRef(axesOf(type)).drop_front(outer), type.getElementType()));
}

static bool isLong(RankedTensorType type, unsigned outer) {
  std::optional<int64_t> bytes;
  if (unsigned(type.getRank()) > outer)
    bytes = bytesOfRow(type, outer).constant();
  return bytes && *bytes >= longRow;
}

/// The leading indices of an access that are the op's own, in their order.
static unsigned leadingIndices(AccessAttr access) {
  ArrayRef<AffineExpr> results = access.getMap().getResults();
  unsigned d = 0;
  while (d != results.size() && results[d] == getAffineDimExpr(d, access.getContext()))
    ++d;
  return d;
}

/// The one kernel of the block that reads a result.
static KernelOp onlyReader(OpResult result) {
  KernelOp reader;
  for (Operation *user : result.getUsers()) {
    auto kernel = dyn_cast<KernelOp>(user);
    if (!kernel || (reader && kernel != reader) || kernel->getBlock() != result.getOwner()->getBlock())
      return {};
    reader = kernel;
  }
  return reader;
}

/// Every op of the kernel reads of this operand the row alone that it computes.
static bool readsByRow(KernelOp reader, Value value, unsigned rows) {
  bool byRow = true;
  for (auto [operand, argument] : llvm::zip(reader.getOperands(), reader.getBody().getArguments()))
    if (operand == value)
      reader.getBody().walk([&](IndexOp op) {
        for (AccessAttr access : op.getAccessList())
          if (op.getSources()[access.getOperand()] == argument)
            byRow &= leadingIndices(access) >= rows;
      });
  return byRow && llvm::all_of(computingOps(reader), [](Operation *op) { return isa<IndexOp>(op); });
}

/// What could be a strip, whether or not the kernels are neighbours.
static std::optional<Strip> match(KernelOp maker) {
  std::string why;
  if (maker.getKind() != KernelKind::contract)
    return std::nullopt;
  std::optional<ContractMatch> contract = matchContract(maker, why);
  if (!contract || !contract->contractions.front().batch.empty())
    return std::nullopt;
  Contraction &product = contract->contractions.front();
  unsigned rows = product.outer();
  Strip strip{.maker = maker, .each = 1, .rows = stripRows};
  strip.made = resultBounds(product.op);
  strip.made.resize(rows);
  for (OpResult result : maker->getResults()) {
    KernelOp reader = onlyReader(result);
    Operation *op = maker.getBody().front().getTerminator()->getOperand(result.getResultNumber()).getDefiningOp();
    bool behind = !llvm::is_contained(contract->prologue, op);
    if (!reader || !behind || !isLong(cast<RankedTensorType>(result.getType()), rows) ||
        (strip.reader && reader != strip.reader) || reader.getKind() != KernelKind::rows ||
        !readsByRow(reader, result, rows))
      continue;
    strip.reader = reader;
    strip.held.push_back(result.getResultNumber());
  }
  if (strip.held.empty() || rows == 0 || outerIndices(computingOps(maker)) != rows)
    return std::nullopt;
  SmallVector<Operation *> ops = computingOps(strip.reader);
  unsigned outer = outerIndices(ops);
  if (outer < rows)
    return std::nullopt;
  strip.read = resultBounds(ops.front());
  strip.each = productOf(ArrayRef(strip.read).slice(rows, outer - rows));
  strip.read.resize(rows);
  return strip;
}

void formStrips(Block &block) {
  llvm::SmallPtrSet<Operation *, 4> taken;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto maker = dyn_cast<KernelOp>(op);
    std::optional<Strip> strip = maker ? match(maker) : std::nullopt;
    if (!strip || taken.contains(strip->reader) ||
        productOf(strip->made).constant().value_or(stripRows + 1) <= stripRows)
      continue;
    bool between = llvm::any_of(maker->getUsers(), [&](Operation *user) {
      return block.findAncestorOpInBlock(*user)->isBeforeInBlock(strip->reader);
    });
    if (between)
      continue;
    taken.insert(strip->reader);
    maker->moveBefore(strip->reader);
    maker.setStrip(stripRows);
  }
}

std::optional<Strip> stripFrom(KernelOp maker) {
  std::optional<Strip> strip = maker.getStrip() ? match(maker) : std::nullopt;
  if (!strip || strip->reader != maker->getNextNode())
    return std::nullopt;
  strip->rows = *maker.getStrip();
  return strip;
}

std::optional<Strip> stripOf(KernelOp kernel) {
  if (kernel.getStrip())
    return stripFrom(kernel);
  auto before = dyn_cast_or_null<KernelOp>(kernel->getPrevNode());
  return before && before.getStrip() ? stripFrom(before) : std::nullopt;
}

SizeExpr bytesHeld(OpResult result) {
  auto type = cast<RankedTensorType>(result.getType());
  auto maker = dyn_cast<KernelOp>(result.getOwner());
  std::optional<Strip> strip = maker ? stripFrom(maker) : std::nullopt;
  if (!strip || !llvm::is_contained(strip->held, result.getResultNumber()))
    return bytesOf(type);
  return SizeExpr::min(productOf(strip->made), SizeExpr(strip->rows)) * bytesOfRow(type, strip->made.size());
}

std::string whyNotOutOfStrip(IndexOp producer, IndexOp reader) {
  for (AccessAttr access : producer.getAccessList()) {
    Value source = producer.getSources()[access.getOperand()];
    unsigned rows = std::min<unsigned>(leadingIndices(access), producer.getRank());
    bool made = source.getDefiningOp<IndexOp>() && source.getParentBlock() == producer->getBlock();
    if (made && rows > reader.getRank() && isLong(cast<RankedTensorType>(source.getType()), rows))
      return "all rows of " + called(cast<IndexOp>(source.getDefiningOp())) + " would have to be there at once";
  }
  return "";
}

} // namespace heed
