// The loops of one attention. In: what AttendMatch found, and a range of rows and query blocks. Out: code that goes
// over blocks of queries and, for each, over the chunks of keys that it sees: scores as a product of tiles, then row by
// row their weights, with what one pass can know of a row's statistics; then weights times values, as tiles again (Dao
// et al., "FlashAttention", 2022; Rabe and Staats, 2021). Keys and values are packed when a query block first sees
// them. Never: a choice that another range could see.
#pragma once

#include "compiler/codegen/Segments.h"
#include "compiler/codegen/Skeleton.h"
#include "compiler/codegen/cpu/Tiles.h"
#include "compiler/codegen/cpu/VectorRegion.h"
#include "compiler/kernels/AttendMatch.h"

namespace heed {

/// How an attention is cut: what all parts of its code have to agree on.
struct AttendShape {
  int64_t queries;     // of a block
  int64_t panel;       // keys of a panel: the unit of masks, and of packing
  int64_t panels;      // of a chunk: keys between two looks at the statistics
  int64_t interleaved; // rows whose weights are computed together; no more queries than that are few
  SizeExpr queryCount, keyCount;
  SizeExpr depth, features; // e < depth, d < features
  int64_t lanes;

  AttendShape(const AttendMatch &, const CpuStrategy &);
  int64_t chunk() const { return panel * panels; }
  SizeExpr keyPanels() const { return SizeExpr::ceilDiv(keyCount, panel); }
  SizeExpr blocks() const { return SizeExpr::ceilDiv(queryCount, queries); }
  SizeExpr padded(const SizeExpr &count) const { return SizeExpr::alignedUp(count, lanes); }
};

class AttendNest {
public:
  AttendNest(Frame &, const CpuStrategy &, const AttendMatch &);

  void emit(const Range &);

private:
  using Value = mlir::Value;
  using At = RegionEmitter::At;
  using Indices = llvm::SmallVector<At>;
  /// Keys [first, first + count) as panels; where they are packed, that is at panel `slot`.
  struct Chunk {
    Value begin, panels, slot; // in panels
    Value first, count;        // in keys
  };
  /// What bounds depend on.
  struct Known {
    llvm::SmallVector<Value> dims, symbols;
    operator BoundsAt() const { return {dims, symbols}; }
  };
  /// Rows of a query block that are computed together.
  struct Rows {
    llvm::SmallVector<Value> number; // within the block
    llvm::SmallVector<Value> query;  // the query's index: that of the last query for rows behind it
  };

  // AttendNest.cpp: which queries, which keys
  void blocks(const Range &);
  Value panelsKept();
  void block(Value number);
  Known boundsAt(Value number);
  Chunk chunkOf(Value begin, Value panels);
  void packedChunk(Chunk, Value masked);
  void scores(const Chunk &);
  void addValues(const Chunk &);
  void addSeenValues(const Chunk &);
  void either(Value condition, llvm::function_ref<void()> yes, llvm::function_ref<void()> no);
  void overRows(llvm::function_ref<void(const Rows &)>);

  // AttendPack.cpp: operands of tiles
  void packQueries();
  /// Whether some value is not finite, i1.
  Value packChunk(const Chunk &);
  void packKeys(Value panel, Value slot);
  Value packValues(Value panel, Value slot);
  Value factor(llvm::ArrayRef<Value> factors, Value query, At key, At e, Value mask);
  llvm::SmallVector<Value> transposed(llvm::ArrayRef<Value>);
  std::pair<Value, Value> exchanged(Value, Value, int64_t lanes);

  // AttendFew.cpp: a chunk of keys where queries are few
  void directChunk(const Chunk &, Value masked);
  void directScores(const Chunk &);
  Value sumsOfEach(llvm::ArrayRef<Value>);
  void addDirectValues(const Chunk &, bool cut);
  void addDirectValues(const Chunk &, bool cut, Value row, Value column, int64_t vectors);

  // AttendAhead.cpp: what the next block needs
  void fetchRow(const Place &, llvm::ArrayRef<Value> indices, const SizeExpr &count, bool write);
  void fetchRows(IndexOp term, llvm::ArrayRef<At>, unsigned along, unsigned moving, const SizeExpr &count);
  void fetchQueries(const Rows &);
  void fetchKey(Value key);
  void fetchValue(Value key);
  void fetchKeys(const Rows &);

  // AttendRows.cpp: from scores to weights, and the end of a row
  void startRows();
  void weights(const Chunk &, bool masked);
  void exponentials(const Rows &, const Chunk &, bool masked);
  void pointwise(const Rows &, const Chunk &, bool masked);
  /// The greatest scores of the chunk; scored holds them all, -inf where a key is not seen.
  llvm::SmallVector<Value> maxima(const Rows &, const Chunk &, bool masked);
  void rescale(const Rows &, llvm::ArrayRef<Value> before, llvm::ArrayRef<Value> now);
  llvm::SmallVector<Value> loadRows(const Rows &, Value lane);
  void storeRows(const Rows &, Value lane, llvm::ArrayRef<Value>);
  llvm::SmallVector<Value> loadLanes(Value memref, const Rows &);
  void storeLanes(Value memref, const Rows &, llvm::ArrayRef<Value>);
  Value scoreOf(Value product, const Indices &, Value mask);
  Value weightOf(Value score, const Indices &, Value mask);
  void finishRows();
  Value factorOfRow(Value row, Value query);
  Value shift(Value logsumexp, Value query);
  void storeRow(Value row, Value query, Value factor);

  // AttendMask.cpp: which lanes are seen
  Value seen(Value query, Value firstKey);
  /// Lanes l where from + l < end; or < count, null where those are all of them, whatever the sizes.
  Value before(Value end, Value from);
  Value below(const SizeExpr &count, Value from);
  Value whereHolds(Value query, Value firstKey);
  Value conjunction(mlir::IntegerSet, llvm::ArrayRef<Value> dims, llvm::ArrayRef<Value> symbols);

  /// The indices in force; null ones are not read.
  Indices indicesAt(Value query, At key, At feature = {});
  llvm::SmallVector<Value> dimsAt(Value query, Value key);

  Value index(int64_t constant) { return frame.sizes.constant(constant); }
  Value size(const SizeExpr &expr) { return frame.sizes.value(expr); }
  Value add(Value, Value);
  Value add(Value, int64_t);
  Value sub(Value, Value);
  Value mul(Value, Value);
  Value mul(Value, int64_t);
  Value least(Value, Value);
  Value most(Value, Value);
  Value ceilDiv(Value, int64_t);
  Value number(double);
  Value splat(double);
  Value load(Value memref, Value at);
  void store(Value vector, Value memref, Value at);
  Value greater(Value, Value);
  using Body = llvm::function_ref<llvm::SmallVector<Value>(Value, mlir::ValueRange)>;
  llvm::SmallVector<Value> loopBy(llvm::StringRef name, Value from, Value to, int64_t step, mlir::ValueRange carries,
                                  Body);
  void loopBy(llvm::StringRef name, Value from, Value to, int64_t step, llvm::function_ref<void(Value)>);

  Frame &frame;
  const CpuStrategy &strategy;
  const AttendMatch &match;
  AttendOp op;
  AttendShape shape;
  mlir::ImplicitLocOpBuilder &b;
  VectorRegion region;
  Tiles tiles;
  mlir::VectorType vector;
  Bounds bounds;

  bool few = false;               // which of the two ways is being written
  llvm::SmallVector<Value> outer; // per index of the op; null: not fixed by the row
  Value single;                   // i1: the call covers one query block only
  Value firstQuery, queryCount;   // of the block
  Value fetching;                 // i1: this is the first chunk of the block
  Value nextKey;                  // behind all that the block sees
  Value queries, keys, values;    // packed: (queries, depth), (panels, depth, panel), (keys, features)
  Value ring;                     // how many panels stay packed: panel p lies at p mod ring
  Value packed;                   // per panel there, 2 (p + 1), and 1 more if some value of it is not finite; else 0
  Value scored;                   // (queries, chunk): products, then scores, then weights
  Value sums;                     // (queries, features)
  Value greatest, total;          // of a row so far: its greatest score; the sum of weights, in lanes
  Value sighted;                  // of a row so far, in lanes: 1 where it has seen a key, else 0
};

} // namespace heed
