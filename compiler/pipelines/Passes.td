// Every pass of the compiler, in the order in which a model meets them. A pass is a verb; its name in every spelling: `Normalise` here,
// Normalise.cpp, `--heed-normalise`, normalise.mlir. Which passes make a stage is written in Pipelines.cpp alone.
#ifndef HEED_PASSES_TD
#define HEED_PASSES_TD

include "mlir/Pass/PassBase.td"

// ---- heed: compiler/normalise ------------------------------------------------------------------------------------------

def Normalise : Pass<"heed-normalise", "::heed::ModelOp"> {
  let summary = "Simplify accesses and name the form of every index op";
  let description = [{
    Affine maps are simplified under the constant bounds of their indices (`(h * 8 + d) floordiv 8` is `h` where `d < 8`), guards that always hold
    dropped, equal accesses merged, unread ones removed, dead ops erased. Then `form` is set: what later stages may assume of the op.
    The meaning of the program is as before.
  }];
}

def VerifyForms : Pass<"heed-verify-forms", "::heed::ModelOp"> {
  let summary = "The wall of stage `heed`: every index op has a form, and the right one";
}

// ---- derived: compiler/derive ------------------------------------------------------------------------------------------

def Derive : Pass<"heed-derive", "::heed::ModelOp"> {
  let summary = "Make the entries that `heed.derive` asks for";
  let description = [{
    Refuses a request at the first op of its entry that has no rule yet, with the op's own reason. `heed.stop` has done its work once gradients
    exist, and is removed.
  }];
}

def PrintStreams : Pass<"heed-print-streams", "::heed::ModelOp"> {
  let summary = "For tests: print how far every value reads into the stream";
  let description = [{
    A line for each value of an entry with a stream: the greatest position that element d0, d1, … depends on (`or`: the greatest of these, `and`:
    the least), `the end`, or `constant`; and what a step needs of its past. What looks ahead is an error at its place.
  }];
}

def VerifyDerived : Pass<"heed-verify-derived", "::heed::ModelOp"> {
  let summary = "The wall of stage `derived`: no request and no `heed.stop` is left";
}

// ---- kernels: compiler/kernels -----------------------------------------------------------------------------------------

def FormKernels : Pass<"heed-form-kernels", "::heed::ModelOp"> {
  let summary = "Put everything that computes into kernels";
  let description = [{
    Greedy, in this order: pointwise ops move into their only readers; contractions of the same rows merge; a contraction takes the pointwise ops behind
    it and what makes its rows before it; all else merges by equal rows. A contraction with what it took becomes `contract`, an attend `attend`,
    the rest `rows`. What a body captures becomes an operand; scalar constants move inside; what others read becomes a result. Patterns that looked
    possible leave a sentence in `declined`. A value that is returned or yielded, but that no kernel of the same region made for that purpose alone, is
    copied by a `rows` kernel, so that afterwards every returned or yielded value is the result of a kernel that can write it in place.
    Last, a contraction with long rows (logits) and the one kernel that reads them row by row become a `strip`.
  }];
  let options = [Option<"strips", "strips", "bool", "true", "make long rows a few at a time">];
}

def LayOut : Pass<"heed-lay-out", "::heed::ModelOp"> {
  let summary = "Choose how memory holds the parameters";
  let description = [{
    A parameter that a contraction reads by columns and reduced indices, each along an axis of its own, is stored in panels of columns,
    `[N/panel][K][panel]`, columns filled up with zeros, or of bf16 `[N/panel][K/2][panel][2]` with K filled up as well; its layers stay apart, outermost. Several columns or reduced indices keep their order. Where
    contractions want different layouts of one parameter, the larger product wins. Every kernel that reads the parameter, of whatever kind, gets its
    layout. What stays row-major although a contraction multiplies with it leaves the reason in the kernel's `declined`.
  }];
  let options = [Option<"panel", "panel", "int64_t", "48", "columns of a panel; 0: all parameters stay row-major">,
                 Option<"pairs", "pairs", "bool", "false", "bf16 that is multiplied with bf16: the depth in pairs, as tile registers take it">];
}

def Place : Pass<"heed-place", "::heed::ModelOp"> {
  let summary = "Give every kernel result its place";
  let description = [{
    Returned values lie in the caller's buffers, yielded ones in the next buffer of their carry, all others in the arena of the entry or of a turn.
    Values whose live ranges are disjoint share a slot; offsets are formulas in the entry's sizes, multiples of 64.
  }];
}

def VerifyKernels : Pass<"heed-verify-kernels", "::heed::ModelOp"> {
  let summary = "The wall of stage `kernels`: only kernels compute, and no place is written while its value is still to be read";
  let description = [{ Overlaps are looked for at sample sizes, independently of how `place` reasons: op by op, as the program would run. }];
}

// ---- loops: compiler/codegen -------------------------------------------------------------------------------------------

def WriteLoops : Pass<"heed-write-loops", "::mlir::ModuleOp"> {
  let summary = "Write every kernel as loops, every entry as a host function";
  let description = [{
    One range function for each distinct kernel (equal ones share it) in scf, arith, math, vector and memref; one function per entry that evaluates
    sizes, runs checks and hands ranges of rows and panels to the host. A kernel gets the fast skeleton that fits it, if any, else scalar loops. What the model says of itself
    moves to the module's attribute `heed.model`.
  }];
  let options = [
    Option<"backend", "backend", "::heed::Backend", "::heed::Backend::Cpu", "who writes the loops of a kernel",
           [{::llvm::cl::values(clEnumValN(::heed::Backend::Cpu, "cpu", "fast skeletons where they fit"),
                                clEnumValN(::heed::Backend::Plain, "plain", "scalar loops"))}]>,
    Option<"cpu", "cpu", "std::string", [{"native"}], "the processor that skeletons are chosen for">,
    ListOption<"plain", "plain", "std::string", "names of kernels that get scalar loops">];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::scf::SCFDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::LLVM::LLVMDialect",
                           "::mlir::vector::VectorDialect"];
}

def Damage : Pass<"heed-damage", "::mlir::ModuleOp"> {
  let summary = "For tests: make one kernel wrong";
  let description = [{ Every real number that the range function of this name stores becomes 1 % larger, so that tests can see `heed run --bisect` find it. }];
  let options = [Option<"kernel", "kernel", "std::string", "", "the range function's name">];
}

def VerifyDialects : Pass<"heed-verify-dialects", "::mlir::ModuleOp"> {
  let summary = "The wall of stages `loops` and `llvm`: every op is of one of these dialects";
  let options = [ListOption<"allowed", "allowed", "std::string", "names of dialects">];
}

#endif
