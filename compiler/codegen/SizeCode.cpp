// Sizes become index values: sums of products of atoms, with floor, ceil, min, max and mod as arith ops.
#include "compiler/codegen/SizeCode.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace heed {

Value SizeCode::value(const SizeExpr &size) {
  if (auto found = known.find(size); found != known.end())
    return found->second;
  Value result = emit(size);
  known.emplace(size, result);
  return result;
}

Value SizeCode::constant(int64_t number) { return value(SizeExpr(number)); }

Value SizeCode::emit(const SizeExpr &size) {
  if (std::optional<int64_t> number = size.constant())
    return arith::ConstantIndexOp::create(builder, loc, *number);
  Value sum;
  for (const SizeExpr::Term &term : size.terms()) {
    Value product;
    auto times = [&](Value factor) {
      product = product ? arith::MulIOp::create(builder, loc, product, factor).getResult() : factor;
    };
    for (const SizeExpr::Factor &factor : term.factors)
      times(power(atom(*factor.atom), factor.power));
    if (term.coefficient != 1 || !product)
      times(constant(term.coefficient));
    sum = sum ? arith::AddIOp::create(builder, loc, sum, product).getResult() : product;
  }
  return sum;
}

Value SizeCode::atom(const SizeExpr::AtomNode &node) {
  if (node.kind == SizeExpr::Atom::Symbol) {
    assert(symbols.contains(node.name) && "a size that the function does not know");
    return symbols.lookup(node.name);
  }
  Value a = value(*node.a), b = value(*node.b);
  switch (node.kind) {
  case SizeExpr::Atom::Min:
    return arith::MinSIOp::create(builder, loc, a, b);
  case SizeExpr::Atom::Max:
    return arith::MaxSIOp::create(builder, loc, a, b);
  case SizeExpr::Atom::Floor:
    return arith::FloorDivSIOp::create(builder, loc, a, nonZero(b));
  case SizeExpr::Atom::Ceil:
    return arith::CeilDivSIOp::create(builder, loc, a, nonZero(b));
  default: { // mod: a - b * floor(a / b)
    Value quotient = arith::FloorDivSIOp::create(builder, loc, a, nonZero(b));
    return arith::SubIOp::create(builder, loc, a, arith::MulIOp::create(builder, loc, b, quotient));
  }
  }
}

Value SizeCode::power(Value base, unsigned exponent) {
  Value result = base;
  for (unsigned i = 1; i < exponent; ++i)
    result = arith::MulIOp::create(builder, loc, result, base);
  return result;
}

/// A quotient by 0 has no value; the processor must not trap on it.
Value SizeCode::nonZero(Value divisor) {
  if (matchPattern(divisor, m_NonZero()))
    return divisor;
  Value isZero = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, divisor, constant(0));
  return arith::SelectOp::create(builder, loc, isZero, constant(1), divisor);
}

} // namespace heed
