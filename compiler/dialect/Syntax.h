// The text of what ops share: sizes, lists of indices, and maps and conditions spelled with the names of indices.
#pragma once

#include "compiler/dialect/HeedDialect.h"

#include "mlir/IR/OpImplementation.h"

namespace heed {

// ---- sizes ----------------------------------------------------------------------------------------------------------

/// A size as attributes print it; in quotes where MLIR has no tokens for it (`"T^2"`).
struct SizeText {
  SizeAttr size;
};
llvm::raw_ostream &operator<<(llvm::raw_ostream &, SizeText);
template <typename Printer, std::enable_if_t<std::is_base_of_v<mlir::AsmPrinter, Printer>> * = nullptr>
Printer &operator<<(Printer &p, SizeText text) {
  p.getStream() << text;
  return p;
}
mlir::ParseResult parseSize(mlir::AsmParser &, SizeAttr &);

// ---- what dims and symbols are called -------------------------------------------------------------------------------

/// The names that an op's maps are spelled with. Dims are indices (enclosing first, then own); symbols are sizes,
/// called by their name where they are one and `size$k` else, then data: `data$k` is the integer that access k gives.
/// (`$` begins no token of MLIR.)
class Spelling {
public:
  Spelling(llvm::ArrayRef<llvm::StringRef> enclosing, mlir::ArrayAttr names, mlir::ArrayAttr symbols);

  /// Enclosing indices under names that no other index has.
  llvm::ArrayRef<std::string> enclosingNames() const { return llvm::ArrayRef(dims).take_front(enclosingCount); }
  unsigned numDims() const { return dims.size(); }

  void print(llvm::raw_ostream &, mlir::AffineExpr) const;
  /// `(i >= j, i - j < 64) or (j < 4)`
  void print(llvm::raw_ostream &, ConditionAttr) const;

  mlir::ParseResult parse(mlir::AsmParser &, mlir::AffineExpr &);
  struct Condition {
    struct Conjunction {
      llvm::SmallVector<mlir::AffineExpr> constraints;
      llvm::SmallVector<bool> equalities;
    };
    llvm::SmallVector<Conjunction> any;
  };
  mlir::ParseResult parse(mlir::AsmParser &, Condition &);

  /// When all accesses are read: their number, which is that of the symbols for data. Only then maps can be made.
  mlir::ParseResult countAccesses(mlir::AsmParser &, unsigned count);
  ConditionAttr close(mlir::MLIRContext *, const Condition &) const;
  mlir::AffineMap close(mlir::MLIRContext *, llvm::ArrayRef<mlir::AffineExpr>) const;

private:
  mlir::AffineExpr find(mlir::MLIRContext *, llvm::StringRef name);
  /// coefficient * what is no sum and no product with a constant
  using Summand = std::pair<int64_t, mlir::AffineExpr>;
  static void flatten(mlir::AffineExpr, int64_t factor, llvm::SmallVectorImpl<Summand> &);
  void printTerm(llvm::raw_ostream &, mlir::AffineExpr) const;
  void printSum(llvm::raw_ostream &, llvm::SmallVectorImpl<Summand> &) const;
  void printConstraint(llvm::raw_ostream &, mlir::AffineExpr, bool equality) const;
  mlir::ParseResult parseProduct(mlir::AsmParser &, mlir::AffineExpr &);
  mlir::ParseResult parsePrimary(mlir::AsmParser &, mlir::AffineExpr &);
  mlir::ParseResult parseConstraint(mlir::AsmParser &, Condition::Conjunction &);

  unsigned enclosingCount;
  unsigned accesses = 0;
  unsigned dataEnd = 0; // one more than the greatest k of `data$k` that was read
  llvm::SmallVector<std::string> dims;
  llvm::SmallVector<std::string> sizes;
};

// ---- lists ----------------------------------------------------------------------------------------------------------

/// `[b < B, t < T | i < 64]`: names, bounds, and how many stand before the bar.
void printIndices(mlir::OpAsmPrinter &, mlir::ArrayAttr names, mlir::ArrayAttr bounds, int64_t rank);
struct IndexList {
  mlir::ArrayAttr names, bounds;
  mlir::IntegerAttr rank;
};
mlir::ParseResult parseIndices(mlir::OpAsmParser &, IndexList &);

/// ` symbols [J, 2*T]`, or nothing where there are none.
void printSymbols(mlir::OpAsmPrinter &, mlir::ArrayAttr symbols);
mlir::ParseResult parseSymbols(mlir::OpAsmParser &, mlir::ArrayAttr &);

} // namespace heed
