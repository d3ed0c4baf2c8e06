// What a scalar expression depends on: which indices it mentions without binding them, and whether it checks data. In:
// checked expressions. Out: per node, computed once, since nodes are shared.
#pragma once

#include "lang/check/Checked.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace heed::irgen {

using IndexVars = llvm::SmallVector<const checked::IndexVar *>;

struct Dependence {
  llvm::SmallSetVector<const checked::IndexVar *, 4> indices;
  bool checks = false; // it reads where data says, and that is checked when run

  bool on(llvm::ArrayRef<const checked::IndexVar *> any) const;
};

class Dependences {
public:
  const Dependence &of(const checked::Expr *);

private:
  void addRowProgram(const checked::RowProgram &, Dependence &);
  llvm::DenseMap<const checked::Expr *, std::unique_ptr<Dependence>> known;
};

/// The conditions that `where` joins by `and`; none if it is null.
llvm::SmallVector<const checked::Expr *> conjuncts(const checked::Expr *where);

} // namespace heed::irgen
