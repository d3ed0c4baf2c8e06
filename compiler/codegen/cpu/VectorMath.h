// Elementary functions of vectors of f32, to 2 units in the last place over the whole range, with the values of IEEE
// 754 at zeros, infinities, NaN and subnormal numbers. In: an op of the dialects arith or math and its operands,
// vectors. Out: straight code, but for arguments that no polynomial serves: those go to libm, lane by lane. Never: f64
// (lane by lane as well).
#pragma once

#include "compiler/codegen/cpu/CpuStrategy.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

class VectorMath {
public:
  VectorMath(mlir::ImplicitLocOpBuilder &b, const CpuStrategy &strategy) : b(b), strategy(strategy) {}

  /// The op in every lane.
  mlir::Value emit(mlir::Operation *op, mlir::ValueRange operands);

  mlir::Value exp(mlir::Value x);
  mlir::Value exp2(mlir::Value x);
  /// 2^x for x from -inf to 1 where that is a normal number, else 0. Two thirds of the steps of exp2.
  mlir::Value exp2OfWeight(mlir::Value x);
  mlir::Value log(mlir::Value x);
  mlir::Value log2(mlir::Value x);
  mlir::Value log1p(mlir::Value x);
  mlir::Value tanh(mlir::Value x);
  mlir::Value erf(mlir::Value x);
  /// sin x or cos x for |x| <= 1e5.
  mlir::Value nearSineOrCosine(mlir::Value x, bool cosine);

private:
  using Value = mlir::Value;
  /// x = 2^exponent * (1 + rest), rest from sqrt(1/2) - 1 to sqrt(2) - 1.
  struct Split {
    Value exponent, rest;
  };
  /// e^x = 2^n * power.
  struct Reduced {
    Value n, power;
  };
  Reduced reduceExp(Value x);
  /// What log gives at the ends of its range, else `inside`.
  Value orEndsOfLog(Value x, Value inside);
  /// log(1 + f) = f + the value.
  Value logRest(Value f);
  Value sineOrCosine(mlir::Operation *op, Value x, bool cosine);
  Value power(mlir::Operation *op, Value x, Value y);
  /// The scalar op in a loop over lanes.
  Value inEachLane(mlir::Operation *op, mlir::ValueRange operands);

  Value number(double, Value like);
  Value whole(int64_t, Value like);
  Value fma(Value a, Value c, Value d);
  /// c[0] + c[1] x + …, by Horner's rule.
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);
  /// x, but at most or at least `limit`; NaN stays.
  Value atMost(double limit, Value x);
  Value atLeast(double limit, Value x);
  Value round(Value x);
  Value toInteger(Value x);
  Value bits(Value x);
  Value fromBits(Value x);
  /// p * 2^n for a whole n, rounded once, |n| <= 252 without masks.
  Value scale(Value p, Value n);
  /// 2^n for n from -126 to 127.
  Value powerOfTwo(Value n);
  /// 2^f for f from -1/2 to 1/2.
  Value exp2Near0(Value f);
  /// x with the sign of `of`.
  Value withSign(Value x, Value of);
  Value select(Value condition, Value yes, Value no);
  Value any(Value condition);
  Split split(Value x, double extraExponent, Value isExtra);

  mlir::ImplicitLocOpBuilder &b;
  const CpuStrategy &strategy;
};

} // namespace heed
