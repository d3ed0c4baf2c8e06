// The four questions that every op with a meaning answers. An op that does not implement one of them does not link; one
// that has no rule yet answers `Answer::notYet` with a reason that a person reads at the op's source line.
#ifndef HEED_INTERFACES_TD
#define HEED_INTERFACES_TD

include "mlir/IR/OpBase.td"

def EvaluateInterface : OpInterface<"EvaluateInterface"> {
  let cppNamespace = "::heed";
  let description = [{
    What the op computes, in f64, plainly: the meaning that every fast path is compared with. Rules: compiler/interpret.
  }];
  let methods = [InterfaceMethod<"Gives the op's results their values.", "::mlir::LogicalResult", "evaluate",
                                 (ins "::heed::Interpreter &":$in)>];
}
def DifferentiateInterface : OpInterface<"DifferentiateInterface"> {
  let cppNamespace = "::heed";
  let description = [{ How cotangents of results become cotangents of operands. Rules: compiler/derive. }];
  let methods = [InterfaceMethod<"Adds the op's part of the backward pass.", "::heed::Answer", "differentiate", (ins)>];
}
def StreamInterface : OpInterface<"StreamInterface"> {
  let cppNamespace = "::heed";
  let description = [{ What the result at a position needs of the operands' past and future. Rules: compiler/derive. }];
  let methods = [InterfaceMethod<"Says which positions of the stream the op's results depend on (Frontier.h).", "void",
                                 "stream", (ins "::heed::Frontier &":$in)>];
}
def CostInterface : OpInterface<"CostInterface"> {
  let cppNamespace = "::heed";
  let description = [{ Floating point operations and bytes as formulas in the sizes. Rules: compiler/derive. }];
  let methods = [InterfaceMethod<"Adds the op's operations (Cost.h).", "void", "cost", (ins "::heed::Cost &":$of)>];
}

#endif
