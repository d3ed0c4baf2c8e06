// Which ops of a region are computed together. In: the ops of one block. Out: groups of them, and an order in which one
// group after the other can be computed. Groups only grow. Knows who reads whom, and nothing of what ops compute: which
// groups should be one is for Fusion.h to say.
#pragma once

#include "compiler/dialect/HeedDialect.h"

namespace heed {

class Groups {
public:
  /// Every op is a group of its own. A check stands between what comes before and after it.
  explicit Groups(mlir::Block &);

  using Id = unsigned;
  Id of(mlir::Operation *op) const { return groupOf[numbers.at(op)]; }
  /// The group that makes a value; none if it comes from outside of the block.
  std::optional<Id> maker(mlir::Value) const;
  /// In the order of the block.
  llvm::ArrayRef<mlir::Operation *> ops(Id id) const { return members[id]; }
  bool has(Id id, mlir::Value value) const { return maker(value) == id; }
  /// All groups, in the order of their first ops.
  llvm::SmallVector<Id> all() const;

  /// Some op of `to` needs what `from` makes, at once or by way of others.
  bool reaches(Id from, Id to) const { return find(from, to, /*direct=*/true); }
  /// Neither needs the other by way of a third: they can be computed as one.
  bool canMerge(Id a, Id b) const { return !find(a, b, false) && !find(b, a, false); }
  /// Afterwards `b` is empty.
  void merge(Id a, Id b);

  /// Sentences about patterns that were not applied to a group.
  void decline(Id id, const std::string &why);
  llvm::ArrayRef<std::string> declined(Id id) const { return reasons[id]; }

  /// Groups in an order in which each comes behind what it needs; else late in the block stays late.
  llvm::SmallVector<Id> inOrder() const;

private:
  bool find(Id from, Id to, bool direct) const;

  llvm::DenseMap<mlir::Operation *, unsigned> numbers;
  std::vector<Id> groupOf;                                  // by number of op
  std::vector<llvm::SmallVector<unsigned>> needs, neededBy; // numbers of ops, by number of op
  std::vector<llvm::SmallVector<mlir::Operation *>> members;
  std::vector<std::vector<std::string>> reasons;
};

} // namespace heed
