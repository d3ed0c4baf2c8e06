// The cost rule: what the reader evaluates at each of its points once moves whatever it costs; what it would evaluate
// again and again (a row's value at every element of the row, a key at every query) moves if it is a copy, or, outside
// of attention, no more than one multiplication and one addition, or one index from data.
#include "compiler/kernels/InlineProducers.h"

#include "compiler/kernels/ContractMatch.h"
#include "compiler/kernels/Strips.h"
#include "compiler/normalise/Normalise.h"

#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace heed {
namespace {

/// One producer and the one access by which its value is read.
class Inliner {
public:
  Inliner(IndexOp producer, IndexOp reader)
      : producer(producer), reader(reader), accesses(reader.getAccessList()),
        yielded(producer.getBody().front().getTerminator()->getOperand(0)) {
    for (auto [k, access] : llvm::enumerate(accesses))
      if (reader.getSources()[access.getOperand()] == producer.getResult(0))
        reads.push_back(k);
    at = reads.front();
  }

  /// Why it may not move, or nothing.
  std::string whyNot() {
    bool term = reader.getEnclosingIndices() != 0, copy = isCopy();
    if (reads.size() > 1)
      return "it is read at several places";
    if (readAsData())
      return "it decides where others are read";
    if (std::string why = whyNotMovable(); !why.empty())
      return why;
    if (accesses[at].getGuard() && (!copy || producer.getAccessList()[0].getGuard()))
      return "it is read under a condition";
    if (reader.getForm() == Form::contraction && (!copy || producer.getAccessList()[0].getGuard()))
      return term ? "it would be computed again for every pair of query and key"
                  : "a contraction multiplies what it reads";
    if (readsThroughData(producer) && !readsAllOnce())
      return "not all that it checks would be checked";
    if (!copy && term)
      return "it would be computed again for every pair of query and key";
    if (std::string why = whyNotOutOfStrip(producer, reader); !copy && !why.empty())
      return why;
    bool folds = reader.getReduction() != Reduction::none && reader.getForm() != Form::row;
    if (!copy && (folds || !seesAllIndices()) && cost() > 2)
      return "it would be computed again and again";
    return "";
  }

  void run() {
    mergeSymbols();
    moveAccesses();
    moveBody();
    if (readsThroughData(producer)) // a failing check tells the place of the op that reads
      reader->setLoc(placedAs(reader.getLoc(), producer.getLoc()));
    setSources();
    producer.erase();
    simplifyMaps(reader);
    pruneAccesses(reader);
    reader.setForm(formOf(reader));
  }

private:
  // ---- questions ----

  std::string whyNotMovable() {
    if (producer.getWhereAttr() || producer.getBody().front().getTerminator()->getNumOperands() > 1)
      return "it leaves out points";
    if (!producer.getBody().getOps<IndexOp>().empty())
      return "it reduces within";
    if (readsThroughData(producer) && readsThroughData(reader) &&
        writtenAt(producer.getLoc()) != writtenAt(reader.getLoc()))
      return "both check indices, at different places of the source";
    unsigned data = firstData(reader);
    for (unsigned s = data; s < accesses[at].getMap().getNumSymbols(); ++s)
      if (accesses[at].getMap().isFunctionOfSymbol(s))
        return "data decides which of its elements are read";
    return "";
  }

  /// It yields the one element that it reads.
  bool isCopy() {
    return producer.getAccesses().size() == 1 && yielded == producer.getBody().getArgument(0) &&
           !readsThroughData(producer);
  }

  bool readAsData() {
    unsigned symbol = firstData(reader) + at;
    auto inCondition = [&](ConditionAttr condition) {
      return condition && llvm::any_of(condition.getSets(), [&](IntegerSet set) {
               return llvm::any_of(set.getConstraints(), [&](AffineExpr e) { return e.isFunctionOfSymbol(symbol); });
             });
    };
    return inCondition(reader.getWhereAttr()) || llvm::any_of(accesses, [&](AccessAttr access) {
             return access.getMap().isFunctionOfSymbol(symbol) || inCondition(access.getGuard());
           });
  }

  /// Every element is read, at points that are all visited.
  bool readsAllOnce() {
    if (reader.getWhereAttr() || reader.getEnclosingIndices() != 0 || accesses[at].getGuard())
      return false;
    SmallVector<SizeExpr> bounds = reader.getBoundExprs(), axes = producer.getBoundExprs();
    llvm::SmallDenseSet<unsigned> seen;
    for (auto [axis, expr] : llvm::zip(axes, accesses[at].getMap().getResults())) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || !seen.insert(dim.getPosition()).second || bounds[dim.getPosition()] != axis)
        return false;
    }
    return true;
  }

  /// Two points of the reader read two elements.
  bool seesAllIndices() {
    SmallVector<SizeExpr> bounds = indicesAround(reader).bounds;
    llvm::append_range(bounds, reader.getBoundExprs());
    for (auto [d, bound] : llvm::enumerate(bounds))
      if (bound != SizeExpr(1) && !accesses[at].getMap().isFunctionOfDim(d))
        return false;
    return true;
  }

  unsigned cost() {
    unsigned sum = readsThroughData(producer) ? 2 : 0;
    for (Operation &op : producer.getBody().front().without_terminator())
      if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::NegFOp, arith::AddIOp, arith::SubIOp, arith::MulIOp>(
              op))
        sum += 1;
      else if (!op.hasTrait<OpTrait::ConstantLike>() && !isa<AtOp, SizeOp, CastOpInterface>(op))
        sum += 8;
    return sum;
  }

  /// The place that a failing check tells.
  static FileLineColRange writtenAt(Location loc) { return loc->findInstanceOf<FileLineColRange>(); }
  static Location childOf(Location loc) {
    auto named = dyn_cast<NameLoc>(loc);
    return named ? named.getChildLoc() : loc;
  }
  static Location placedAs(Location name, Location place) {
    auto named = dyn_cast<NameLoc>(name);
    return named ? Location(NameLoc::get(named.getName(), childOf(place))) : childOf(place);
  }

  // ---- the move: accesses [0, at) of the reader, then the producer's, then the others of the reader ----

  void mergeSymbols() {
    llvm::SetVector<Attribute> merged;
    merged.insert(reader.getSymbols().begin(), reader.getSymbols().end());
    merged.insert(producer.getSymbols().begin(), producer.getSymbols().end());
    unsigned moved = producer.getAccesses().size(), count = accesses.size() - 1 + moved;
    auto symbol = [&](unsigned s) { return getAffineSymbolExpr(s, reader.getContext()); };
    auto sizesOf = [&](IndexOp op) {
      return llvm::map_to_vector(op.getSymbols(), [&](Attribute size) -> AffineExpr {
        return symbol(llvm::find(merged, size) - merged.begin());
      });
    };
    readerSymbols = sizesOf(reader);
    for (unsigned k = 0; k != accesses.size(); ++k)
      readerSymbols.push_back(symbol(merged.size() + (k <= at ? k : k - 1 + moved)));
    producerSymbols = sizesOf(producer);
    for (unsigned k = 0; k != moved; ++k)
      producerSymbols.push_back(symbol(merged.size() + at + k));
    symbols = merged.size() + count;
    dims = accesses[at].getMap().getNumDims();
    // The producer's indices, as the reader has them.
    for (AffineExpr e : accesses[at].getMap().getResults())
      indices.push_back(e.replaceSymbols(readerSymbols));
    mergedSizes = ArrayAttr::get(reader.getContext(), merged.getArrayRef());
  }

  ConditionAttr moved(ConditionAttr condition, ArrayRef<AffineExpr> toDims, ArrayRef<AffineExpr> toSymbols) {
    if (!condition)
      return condition;
    auto sets = llvm::map_to_vector(condition.getSets(), [&](IntegerSet set) {
      return set.replaceDimsAndSymbols(toDims, toSymbols, dims, symbols);
    });
    return ConditionAttr::get(condition.getContext(), sets);
  }

  void moveAccesses() {
    auto add = [&](IndexOp op, AccessAttr access, ArrayRef<AffineExpr> toDims, ArrayRef<AffineExpr> toSymbols,
                   ConditionAttr guard) {
      sources.insert(op.getSources()[access.getOperand()]);
      unsigned operand = llvm::find(sources, op.getSources()[access.getOperand()]) - sources.begin();
      AffineMap map = access.getMap().replaceDimsAndSymbols(toDims, toSymbols, dims, symbols);
      if (access.getGuard())
        guard = moved(access.getGuard(), toDims, toSymbols);
      remaining.push_back(AccessAttr::get(reader.getContext(), operand, map, guard));
    };
    ConditionAttr guard = moved(accesses[at].getGuard(), {}, readerSymbols);
    for (auto [k, access] : llvm::enumerate(accesses)) {
      if (k != at) {
        add(reader, access, {}, readerSymbols, {});
        continue;
      }
      for (AccessAttr own : producer.getAccessList())
        add(producer, own, indices, producerSymbols, guard);
    }
  }

  void moveBody() {
    Block &body = reader.getBody().front(), &from = producer.getBody().front();
    IRMapping mapping;
    unsigned next = at;
    for (BlockArgument argument : from.getArguments())
      mapping.map(argument, body.insertArgument(next++, argument.getType(), argument.getLoc()));
    OpBuilder builder(&body, body.begin());
    for (Operation &op : from.without_terminator())
      if (auto index = dyn_cast<AtOp>(op))
        mapping.map(index.getResult(), valueOf(builder, op.getLoc(), indices[index.getDim()]));
      else
        builder.clone(op, mapping);
    body.getArgument(next).replaceAllUsesWith(mapping.lookupOrDefault(yielded));
    body.eraseArgument(next);
  }

  /// An affine expression of the reader's indices and sizes, as a scalar.
  Value valueOf(OpBuilder &b, Location loc, AffineExpr e) {
    if (auto dim = dyn_cast<AffineDimExpr>(e))
      return AtOp::create(b, loc, b.getI64Type(), dim.getPosition());
    if (auto symbol = dyn_cast<AffineSymbolExpr>(e))
      return SizeOp::create(b, loc, b.getI64Type(), cast<SizeAttr>(mergedSizes[symbol.getPosition()]));
    if (auto constant = dyn_cast<AffineConstantExpr>(e))
      return arith::ConstantIntOp::create(b, loc, constant.getValue(), 64);
    auto binary = cast<AffineBinaryOpExpr>(e);
    Value left = valueOf(b, loc, binary.getLHS()), right = valueOf(b, loc, binary.getRHS());
    auto quotient = [&] { return arith::FloorDivSIOp::create(b, loc, left, right).getResult(); };
    switch (e.getKind()) {
    case AffineExprKind::Add:
      return arith::AddIOp::create(b, loc, left, right);
    case AffineExprKind::Mul:
      return arith::MulIOp::create(b, loc, left, right);
    case AffineExprKind::FloorDiv:
      return quotient();
    case AffineExprKind::Mod:
      return arith::SubIOp::create(b, loc, left, arith::MulIOp::create(b, loc, quotient(), right));
    default:
      return arith::CeilDivSIOp::create(b, loc, left, right);
    }
  }

  void setSources() {
    ConditionAttr where = moved(reader.getWhereAttr(), {}, readerSymbols);
    reader.setSymbolsAttr(mergedSizes);
    reader.setAccessesAttr(ArrayAttr::get(reader.getContext(), remaining));
    if (where)
      reader.setWhereAttr(where);
    reader->setOperands(sources.getArrayRef());
  }

  IndexOp producer, reader;
  SmallVector<AccessAttr> accesses; // the reader's
  Value yielded;
  SmallVector<unsigned> reads;
  unsigned at;

  ArrayAttr mergedSizes;
  SmallVector<AffineExpr> readerSymbols, producerSymbols, indices;
  unsigned dims = 0, symbols = 0;
  SmallVector<Attribute> remaining;
  llvm::SetVector<Value> sources;
};

/// The one op that reads the producer's value: in its block, or a term of attention there.
IndexOp onlyReader(IndexOp producer) {
  if (producer->getNumResults() != 1 || !producer->hasOneUse())
    return {};
  auto reader = dyn_cast<IndexOp>(*producer->user_begin());
  if (!reader || reader->getBlock() == producer->getBlock())
    return reader;
  auto attend = dyn_cast<AttendOp>(reader->getParentOp());
  bool term = attend && attend->getBlock() == producer->getBlock() && reader->getParentRegion() != &attend.getWeights();
  return term ? reader : IndexOp();
}

} // namespace

void inlineProducers(Block &block, function_ref<void(IndexOp, Operation *, std::string)> decline) {
  auto eachProducer = [&](auto act) {
    for (Operation &op : llvm::make_early_inc_range(block)) {
      auto producer = dyn_cast<IndexOp>(op);
      if (producer && producer.getReduction() == Reduction::none)
        if (IndexOp reader = onlyReader(producer))
          act(producer, reader, Inliner(producer, reader));
    }
  };
  eachProducer([](IndexOp, IndexOp, Inliner inliner) {
    if (inliner.whyNot().empty())
      inliner.run();
  });
  eachProducer([&](IndexOp producer, IndexOp reader, Inliner inliner) {
    if (reader.getForm() != Form::contraction || reader.getEnclosingIndices() != 0)
      decline(producer, block.findAncestorOpInBlock(*reader), inliner.whyNot());
  });
}

} // namespace heed
