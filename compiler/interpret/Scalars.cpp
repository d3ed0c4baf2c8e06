// What scalar ops mean: arith and math on f64, i64 and booleans, draws, and the ops that stand for indices and sizes.
#include "compiler/interpret/Nest.h"
#include "runtime/abi/Philox.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <numbers>

using namespace mlir;

namespace heed {

// ---- draws ----------------------------------------------------------------------------------------------------------

/// Never 0 or 1, and exact in f32.
static double uniform(uint32_t word) { return (double(word >> 9) + 0.5) * 0x1p-23; }

Cell drawCell(DrawOp op, uint64_t seed, int64_t position, int64_t row, int64_t element, int64_t turn) {
  const uint32_t counter[4] = {siteOf(uint32_t(op.getSite()), uint32_t(turn)), uint32_t(position), uint32_t(row),
                               uint32_t(element)};
  uint32_t bits[4];
  philox4x32(seed, counter, bits);
  double u = uniform(bits[0]);
  switch (op.getKind()) {
  case DrawKind::uniform:
    return Cell(u);
  case DrawKind::normal: // Box and Muller
    return Cell(std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * uniform(bits[1])));
  case DrawKind::gumbel:
    return Cell(-std::log(-std::log(u)));
  }
  llvm_unreachable("a distribution");
}

// ---- arith and math -------------------------------------------------------------------------------------------------

static Cell boolean(bool b) { return Cell(int64_t(b)); }

static Scalar realComparison(arith::CmpFPredicate predicate) {
  using P = arith::CmpFPredicate;
  switch (predicate) {
  case P::OEQ:
    return [](const Cell *o) { return boolean(o[0].real == o[1].real); };
  case P::UNE:
    return [](const Cell *o) { return boolean(o[0].real != o[1].real); };
  case P::OLT:
    return [](const Cell *o) { return boolean(o[0].real < o[1].real); };
  case P::OLE:
    return [](const Cell *o) { return boolean(o[0].real <= o[1].real); };
  case P::OGT:
    return [](const Cell *o) { return boolean(o[0].real > o[1].real); };
  case P::OGE:
    return [](const Cell *o) { return boolean(o[0].real >= o[1].real); };
  default:
    return nullptr;
  }
}

static Scalar wholeComparison(arith::CmpIPredicate predicate) {
  using P = arith::CmpIPredicate;
  switch (predicate) {
  case P::eq:
    return [](const Cell *o) { return boolean(o[0].integer == o[1].integer); };
  case P::ne:
    return [](const Cell *o) { return boolean(o[0].integer != o[1].integer); };
  case P::slt:
    return [](const Cell *o) { return boolean(o[0].integer < o[1].integer); };
  case P::sle:
    return [](const Cell *o) { return boolean(o[0].integer <= o[1].integer); };
  case P::sgt:
    return [](const Cell *o) { return boolean(o[0].integer > o[1].integer); };
  case P::sge:
    return [](const Cell *o) { return boolean(o[0].integer >= o[1].integer); };
  default:
    return nullptr;
  }
}

/// Of two floats the less or the greater; NaN where one is NaN.
static double minimum(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b); }
static double maximum(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b); }

#define REAL(op, expression)                                                                                           \
  {op::getOperationName(), [](const Cell *o) {                                                                         \
     [[maybe_unused]] double x = o[0].real, y = o[1].real;                                                             \
     return Cell(double(expression));                                                                                  \
   }}
#define WHOLE(op, expression)                                                                                          \
  {op::getOperationName(), [](const Cell *o) {                                                                         \
     [[maybe_unused]] int64_t x = o[0].integer, y = o[1].integer;                                                      \
     return Cell(int64_t(expression));                                                                                 \
   }}

/// Integers wrap around; a division by 0 gives 0.
static int64_t wrapped(uint64_t bits) { return int64_t(bits); }

static const llvm::StringMap<Scalar> &rules() {
  static const llvm::StringMap<Scalar> table = {
      REAL(arith::AddFOp, x + y),
      REAL(arith::SubFOp, x - y),
      REAL(arith::MulFOp, x * y),
      REAL(arith::DivFOp, x / y),
      REAL(arith::NegFOp, -x),
      REAL(arith::MaximumFOp, maximum(x, y)),
      REAL(arith::MinimumFOp, minimum(x, y)),
      REAL(arith::MaxNumFOp, std::fmax(x, y)),
      REAL(arith::MinNumFOp, std::fmin(x, y)),
      REAL(arith::ExtFOp, x),
      REAL(arith::TruncFOp, x), // the interpreter rounds nowhere
      REAL(math::AbsFOp, std::abs(x)),
      REAL(math::ExpOp, std::exp(x)),
      REAL(math::Exp2Op, std::exp2(x)),
      REAL(math::LogOp, std::log(x)),
      REAL(math::Log2Op, std::log2(x)),
      REAL(math::Log1pOp, std::log1p(x)),
      REAL(math::SqrtOp, std::sqrt(x)),
      REAL(math::RsqrtOp, 1 / std::sqrt(x)),
      REAL(math::SinOp, std::sin(x)),
      REAL(math::CosOp, std::cos(x)),
      REAL(math::TanOp, std::tan(x)),
      REAL(math::TanhOp, std::tanh(x)),
      REAL(math::ErfOp, std::erf(x)),
      REAL(math::PowFOp, std::pow(x, y)),
      REAL(math::FloorOp, std::floor(x)),
      REAL(math::CeilOp, std::ceil(x)),
      REAL(math::RoundEvenOp, std::nearbyint(x)),
      WHOLE(arith::AddIOp, wrapped(uint64_t(x) + uint64_t(y))),
      WHOLE(arith::SubIOp, wrapped(uint64_t(x) - uint64_t(y))),
      WHOLE(arith::MulIOp, wrapped(uint64_t(x) * uint64_t(y))),
      WHOLE(arith::FloorDivSIOp, y == 0 ? 0 : llvm::divideFloorSigned(x, y)),
      WHOLE(arith::MaxSIOp, std::max(x, y)),
      WHOLE(arith::MinSIOp, std::min(x, y)),
      WHOLE(arith::AndIOp, x & y),
      WHOLE(arith::OrIOp, x | y),
      WHOLE(arith::XOrIOp, x ^ y),
      WHOLE(arith::ExtUIOp, x),
      WHOLE(arith::ExtSIOp, x),
      WHOLE(arith::TruncIOp, x),
      WHOLE(arith::IndexCastOp, x),
      WHOLE(math::AbsIOp, std::abs(x)),
      {arith::SIToFPOp::getOperationName(), [](const Cell *o) { return Cell(double(o[0].integer)); }},
      {arith::UIToFPOp::getOperationName(), [](const Cell *o) { return Cell(double(uint64_t(o[0].integer))); }},
      {arith::FPToSIOp::getOperationName(), [](const Cell *o) { return Cell(int64_t(o[0].real)); }},
      {arith::SelectOp::getOperationName(), [](const Cell *o) { return o[0].integer ? o[1] : o[2]; }},
      {StopOp::getOperationName(), [](const Cell *o) { return o[0]; }},
  };
  return table;
}
#undef REAL
#undef WHOLE

template <const llvm::fltSemantics &(*semantics)()> static Cell roundedTo(const Cell *o) {
  llvm::APFloat x(o[0].real);
  bool loses;
  x.convert(semantics(), llvm::APFloat::rmNearestTiesToEven, &loses);
  return Cell(x.convertToDouble());
}

Scalar scalarRule(Operation *op) {
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    return realComparison(compare.getPredicate());
  if (auto compare = dyn_cast<arith::CmpIOp>(op))
    return wholeComparison(compare.getPredicate());
  if (auto round = dyn_cast<RoundOp>(op))
    return round.getElement().isBF16() ? roundedTo<llvm::APFloat::BFloat> : roundedTo<llvm::APFloat::IEEEhalf>;
  return rules().lookup(op->getName().getStringRef());
}

// ---- outside of regions ---------------------------------------------------------------------------------------------

LogicalResult Interpreter::evaluateScalar(Operation *op) {
  Nest nest(*this);
  Code code(nest);
  if (failed(code.compile(*op)))
    return failure();
  code.run();
  Value result = op->getResult(0);
  Array value(isa<FloatType>(result.getType()), {});
  value.cells[0] = nest.registers[nest.slot(result)];
  define(result, std::move(value));
  return success();
}

LogicalResult AtOp::evaluate(Interpreter &in) { return in.fail(getLoc(), "an index has a value within regions only"); }
LogicalResult RoundOp::evaluate(Interpreter &in) { return in.evaluateScalar(*this); }
LogicalResult SizeOp::evaluate(Interpreter &in) { return in.evaluateScalar(*this); }
LogicalResult DrawOp::evaluate(Interpreter &in) { return in.evaluateScalar(*this); }

} // namespace heed
