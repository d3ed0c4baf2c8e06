// The heed dialect: its name, enums, attributes and constraints. Ops are in HeedOps.td.
#ifndef HEED_DIALECT_TD
#define HEED_DIALECT_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/DialectBase.td"
include "mlir/IR/EnumAttr.td"

def Heed_Dialect : Dialect {
  let name = "heed";
  let cppNamespace = "::heed";
  let summary = "Models as index notation on tensors with symbolic sizes";
  let description = [{
    Tensors are builtin ranked tensors whose encoding `#heed.axes<B, T, 768>` names the size of every axis. Sizes are no
    SSA values but polynomials over the entry's size symbols, kept in attributes. Ops read tensors through accesses: an
    affine map from the op's indices (and those of enclosing regions) to the tensor's axes, with an optional guard under
    which alone the element is read.

    Scalars within regions are `f32` or `f64` (floating point), `i64` (integers of every width) and `i1`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect"];
  let extraClassDeclaration = [{ void registerAttributes(); }];
}

// ---- enums ----------------------------------------------------------------------------------------------------------

class Heed_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::heed";
  let genSpecializedAttr = 0;
}
class Heed_EnumAttr<I32EnumAttr info, string mnemonic> : EnumAttr<Heed_Dialect, info, mnemonic>;

def Heed_Reduction : Heed_Enum<"Reduction", "how the indices that are no result axes are folded", [
  I32EnumAttrCase<"none", 0>, I32EnumAttrCase<"sum", 1>, I32EnumAttrCase<"max", 2>, I32EnumAttrCase<"min", 3>,
  I32EnumAttrCase<"prod", 4>, I32EnumAttrCase<"any", 5>, I32EnumAttrCase<"all", 6>, I32EnumAttrCase<"argmax", 7>,
  I32EnumAttrCase<"logsumexp", 8>]>;
def Heed_ReductionAttr : Heed_EnumAttr<Heed_Reduction, "reduction">;

def Heed_Form : Heed_Enum<"Form", "the normal form of an index op", [
  I32EnumAttrCase<"general", 0>, I32EnumAttrCase<"pointwise", 1>, I32EnumAttrCase<"contraction", 2>,
  I32EnumAttrCase<"row", 3>, I32EnumAttrCase<"prefix", 4>, I32EnumAttrCase<"scatter", 5>]>;
def Heed_FormAttr : Heed_EnumAttr<Heed_Form, "form">;

def Heed_DrawKind : Heed_Enum<"DrawKind", "a distribution", [
  I32EnumAttrCase<"uniform", 0>, I32EnumAttrCase<"normal", 1>, I32EnumAttrCase<"gumbel", 2>]>;
def Heed_DrawKindAttr : Heed_EnumAttr<Heed_DrawKind, "draw_kind">;

def Heed_KernelKind : Heed_Enum<"KernelKind", "which skeleton a kernel asks for", [
  I32EnumAttrCase<"contract", 0>, I32EnumAttrCase<"attend", 1>, I32EnumAttrCase<"rows", 2>, I32EnumAttrCase<"recur", 3>,
  I32EnumAttrCase<"group", 4>]>;
def Heed_KernelKindAttr : Heed_EnumAttr<Heed_KernelKind, "kernel_kind">;

def Heed_PlaceKind : Heed_Enum<"PlaceKind", "where a tensor lies", [
  I32EnumAttrCase<"output", 0>, // the caller's buffer of result `index`
  I32EnumAttrCase<"arena", 1>,  // `offset` bytes into the entry's arena
  I32EnumAttrCase<"inner", 2>,  // `offset` bytes into the arena that each turn of the enclosing repeat reuses
  I32EnumAttrCase<"next", 3>    // the next value of carry `index` of the enclosing repeat
]>;
def Heed_PlaceKindAttr : Heed_EnumAttr<Heed_PlaceKind, "place_kind">;

def Heed_RequestKind : Heed_Enum<"RequestKind", "what is asked of `derive`", [
  I32EnumAttrCase<"gradient", 0>, I32EnumAttrCase<"step", 1>, I32EnumAttrCase<"shard", 2>]>;
def Heed_RequestKindAttr : Heed_EnumAttr<Heed_RequestKind, "request_kind">;

def Heed_RecallKind : Heed_Enum<"RecallKind", "which part of the past is kept", [
  I32EnumAttrCase<"all", 0>, I32EnumAttrCase<"tail", 1>, I32EnumAttrCase<"pins", 2>]>;
def Heed_RecallKindAttr : Heed_EnumAttr<Heed_RecallKind, "recall_kind">;

// ---- attributes -----------------------------------------------------------------------------------------------------

class Heed_Attr<string name, string attrMnemonic> : AttrDef<Heed_Dialect, name> {
  let mnemonic = attrMnemonic;
  let hasCustomAssemblyFormat = 1;
}

def Heed_SizeAttr : Heed_Attr<"Size", "size"> {
  let summary = "A size: a polynomial over the entry's size symbols";
  let description = [{
    `#heed.size<2 * B * T + ceil(T / 64)>`. The text is canonical (SizeExpr::str), so equal sizes are equal attributes.
  }];
  let parameters = (ins StringRefParameter<"canonical text">:$text);
  let builders = [AttrBuilder<(ins "const ::heed::SizeExpr &":$size)>];
  let extraClassDeclaration = [{ ::heed::SizeExpr getExpr() const; }];
}

def Heed_AxesAttr : Heed_Attr<"Axes", "axes"> {
  let summary = "The encoding of a tensor type: the size of every axis";
  let description = [{
    `tensor<?x?x768xf32, #heed.axes<B, T, 768>>`. An axis is static in the shape exactly when its size is a constant.
  }];
  let parameters = (ins ArrayRefParameter<"::heed::SizeAttr">:$sizes);
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::heed::SizeExpr> getExprs() const;
  }];
}

def Heed_ConditionAttr : Heed_Attr<"Condition", "condition"> {
  let summary = "A disjunction of conjunctions of affine constraints";
  let description = [{
    Ops write it with the names of their indices, `(i >= j, i - j < 64) or (j < 4)`; alone it is
    `#heed.condition<(d0, d1)[] : (d0 - d1, -d0 + d1 + 63) or (-d1 + 3)>`, where `e` says e >= 0 and `e = 0` says just
    that. All sets have the same dims and symbols: dims are indices (enclosing first), symbols the op's `symbols`, then
    one per access of the op (data). No set at all is `false`; one set with `0 = 0` alone is true.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::IntegerSet">:$sets);
}

def Heed_AccessAttr : Heed_Attr<"Access", "access"> {
  let summary = "How an op reads one of its operands";
  let description = [{
    `map` goes from the indices (enclosing regions' first, then the op's own) to the operand's axes. Its symbols are the
    op's `symbols`, then one per access of the op: the value that an earlier access of an integer tensor gives at this
    point (gather). `guard` (may be null): the element is read only where it holds, and is zero elsewhere. What data
    gives as an index is checked at run time under the guard; the rest was proved.
  }];
  let parameters = (ins "unsigned":$operand, "::mlir::AffineMap":$map,
                        OptionalParameter<"::heed::ConditionAttr">:$guard);
}

def Heed_PartAttr : Heed_Attr<"Part", "part"> {
  let summary = "A stored tensor that gives part of a parameter";
  let description = [{
    `#heed.part<"layers.0.wq", layer = 0, begin = 0, extent = 64, transposed, copies = ["…"]>`; see heed_part in the
    ABI.
  }];
  let parameters = (ins StringRefParameter<>:$stored, "bool":$transposed, "int64_t":$layer, "int64_t":$begin,
                        "int64_t":$extent, ArrayRefParameter<"::mlir::StringAttr">:$copies);
}

def Heed_LayoutAttr : Heed_Attr<"Layout", "layout"> {
  let summary = "How a parameter is stored: the digits of its indices, outermost first";
  let description = [{
    A digit is (index[axis] floordiv divisor) mod extent; elements are stored row-major over the digits. The digits of
    an axis tile it, up to zeros behind its end: `#heed.layout<d1 floordiv 48 : 64, d0 : 768, d1 mod 48>` are 64 panels
    of 768 rows of 48 columns, for up to 3072 columns. An axis's most significant digit is written with its extent,
    `: 64`, the others with `mod`, which is theirs.
    C1: the digits of every axis begin with divisor 1, and each goes on where the one below ends.
  }];
  let parameters = (ins ArrayRefParameter<"::heed::Digit">:$digits);
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Panels of `width` columns, the last ones filled up with zeros: the axes before `columns` and `reduced` row-major,
    /// then the `columns` with the last one by panels, then the `reduced` ones, then the columns of one panel:
    /// [N/width][K][width] of a (K, N) or (N, K).
    static LayoutAttr panels(::mlir::MLIRContext *, ::llvm::ArrayRef<int64_t> shape, ::llvm::ArrayRef<unsigned> columns,
                             ::llvm::ArrayRef<unsigned> reduced, int64_t width);
    unsigned getRank() const;
    /// How many elements are stored, padding too.
    int64_t getStoredCount() const;
    /// Of each axis, with padding.
    ::llvm::SmallVector<int64_t> getPaddedShape() const;
    /// How far apart in memory, in elements, two indices are that differ by 1 in one digit.
    ::llvm::SmallVector<int64_t> getStrides() const;
    /// From the indices to the digits.
    ::mlir::AffineMap getMap() const;
    /// Whether a tensor of this shape can be stored so; the reason goes to `emitError` if not.
    ::llvm::LogicalResult holds(::llvm::ArrayRef<int64_t> shape,
                                ::llvm::function_ref<::mlir::InFlightDiagnostic()> emitError) const;
    /// Whether the first `count` axes are the outermost digits, whole and in order, so that fixing them leaves memory
    /// in one piece.
    bool isSlicedBy(unsigned count) const;
    /// Of what is left when the first `count` axes are fixed; only where `isSlicedBy(count)`.
    LayoutAttr slice(unsigned count) const;
  }];
}

def Heed_PlaceAttr : Heed_Attr<"Place", "place"> {
  let summary = "Where a tensor lies";
  let description = [{
    `#heed.place<arena, offset = 256 * B * T, bytes = 256 * B * T>`, `#heed.place<output 0, bytes = …>`,
    `#heed.place<next 0, bytes = …>`.
  }];
  let parameters = (ins "::heed::PlaceKind":$kind, "int64_t":$index, "::heed::SizeAttr":$offset,
                        "::heed::SizeAttr":$bytes);
}

#endif
