// A size's terms, each as a symbol times its coefficient.
#include "compiler/dialect/AffineSizes.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace heed {

AffineExpr affineSize(const SizeExpr &size, SmallVectorImpl<SizeExpr> &monomials, MLIRContext *context) {
  AffineExpr sum = getAffineConstantExpr(0, context);
  for (const SizeExpr::Term &term : size.terms()) {
    if (term.factors.empty()) {
      sum = sum + term.coefficient;
      continue;
    }
    SizeExpr monomial = SizeExpr::fromTerms({{1, term.factors}});
    unsigned symbol = llvm::find(monomials, monomial) - monomials.begin();
    if (symbol == monomials.size())
      monomials.push_back(monomial);
    sum = sum + getAffineSymbolExpr(symbol, context) * term.coefficient;
  }
  return sum;
}

} // namespace heed
