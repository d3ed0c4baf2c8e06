// The ops of the heed dialect, in the order in which a model is built from them. Constraints are labelled C1, C2, …
// per op; the verifier names the label, and test/compiler/dialect has one failing test for each.
#ifndef HEED_OPS_TD
#define HEED_OPS_TD

include "HeedDialect.td"
include "HeedInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Heed_Op<string mnemonic, list<Trait> traits = []> : Op<Heed_Dialect, mnemonic, traits>;

/// An op whose first result is printed under the name that its location carries (`loc("q"(…))`).
class Heed_Named<string mnemonic, list<Trait> traits = []> : Heed_Op<mnemonic, !listconcat(traits, [
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>])> {
  let extraClassDefinition = [{
    void $cppClass::getAsmResultNames(::mlir::OpAsmSetValueNameFn setName) {
      ::heed::nameResults(getOperation(), setName);
    }
  }];
}

/// An op that computes something: it answers the four questions.
class Heed_Computes<string mnemonic, list<Trait> traits = []> : Heed_Named<mnemonic, !listconcat(traits, [
    DeclareOpInterfaceMethods<EvaluateInterface>, DeclareOpInterfaceMethods<DifferentiateInterface>,
    DeclareOpInterfaceMethods<StreamInterface>, DeclareOpInterfaceMethods<CostInterface>])>;

def Heed_Scalar : AnyTypeOf<[F32, F64, I64, I1], "a region's scalar: f32, f64, i64 or i1">;
def Heed_Tensor : Type<And<[AnyRankedTensor.predicate, CPred<"::heed::hasAxes($_self)">]>,
                       "a ranked tensor whose axes are named", "::mlir::RankedTensorType">;
def Heed_Value : AnyTypeOf<[Heed_Tensor, Heed_Scalar]>;
def Heed_SizeArray : TypedArrayAttrBase<Heed_SizeAttr, "sizes">;
def Heed_AccessArray : TypedArrayAttrBase<Heed_AccessAttr, "accesses">;

// ---- programs -------------------------------------------------------------------------------------------------------

def Heed_ModelOp : Heed_Op<"model", [
    IsolatedFromAbove, Symbol, SymbolTable, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "A compiled model: parameters and entries";
  let description = [{
    ```mlir
    heed.model @Stories digest "5f…" precision "f32" ignored ["freq_cis_*"] {
      heed.param @norm.weight : tensor<64xf32, #heed.axes<64>>
      heed.entry @forward … 
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$digest, StrAttr:$precision,
                       DefaultValuedAttr<StrArrayAttr, "{}">:$ignored);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `digest` $digest `precision` $precision (`ignored` $ignored^)? attr-dict-with-keyword $body
  }];
}

def Heed_ParamOp : Heed_Op<"param", [Symbol, HasParent<"ModelOp">]> {
  let summary = "A parameter of the model";
  let description = [{
    A parameter of a repeated layer is a stack: one tensor whose first axis counts layers, `*` in its path. `parts` say
    which stored tensors fill it.
    C1: every size is a constant. C2: `stacked` needs rank 1 or more. C3: parts tile the parameter: with each layer
    once, joined parts side by side.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Heed_Tensor>:$type, UnitAttr:$stacked,
                       DefaultValuedAttr<TypedArrayAttrBase<Heed_PartAttr, "parts">, "{}">:$parts,
                       OptionalAttr<Heed_LayoutAttr>:$layout); // after `lay-out`
  let assemblyFormat = [{
    $sym_name (`stacked` $stacked^)? `:` $type (`layout` qualified($layout)^)? (`parts` $parts^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Heed_StateOp : Heed_Op<"state", [Symbol, HasParent<"ModelOp">]> {
  let summary = "A state that lasts from call to call";
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Heed_Tensor>:$type);
  let assemblyFormat = [{ $sym_name `:` $type attr-dict }];
}

def Heed_EntryOp : Heed_Op<"entry", [
    FunctionOpInterface, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>,
    IsolatedFromAbove, AutomaticAllocationScope, HasParent<"ModelOp">]> {
  let summary = "A function that can be called from outside";
  let description = [{
    ```mlir
    heed.entry @forward(%tokens: tensor<?x?xi32, #heed.axes<B, T>> {heed.input = "tokens"},
                        %norm: tensor<64xf32, #heed.axes<64>> {heed.param = @norm.weight})
        -> (tensor<?x?x512xf32, #heed.axes<B, T, 512>> {heed.result = "logits"})
        attributes {sizes = ["B", "T"], stream = "T"} { … heed.return %y : … }
    ```
    `prefix` is how many first positions of the stream arrive together, and so may see each other.
    Arguments are inputs (`heed.input`: name; `heed.fill`: value where it is left out), then parameters (`heed.param`),
    then states (`heed.state`). `initialise` marks the entry whose results are the initial values of all parameters, in
    their order.
    C1: every argument has exactly one role. C2: axes use only the entry's sizes. C3: every size is bound by some input
    axis that is linear in it alone. C4: `stream` is one of the sizes. C5: a parameter argument has its parameter's
    type. C6: results of `initialise` are the parameters' types in order.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type, StrArrayAttr:$sizes,
                       OptionalAttr<StrAttr>:$stream, OptionalAttr<Heed_SizeAttr>:$prefix, UnitAttr:$initialise,
                       OptionalAttr<Heed_SizeAttr>:$arena_bytes, // after `place`
                       OptionalAttr<DictArrayAttr>:$arg_attrs, OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
  }];
}

def Heed_ReturnOp : Heed_Op<"return", [Pure, Terminator, HasParent<"EntryOp">]> {
  let summary = "The results of an entry";
  let description = [{ C1: the operands have the entry's result types. }];
  let arguments = (ins Variadic<Heed_Tensor>:$results);
  let assemblyFormat = [{ ($results^ `:` type($results))? attr-dict }];
  let hasVerifier = 1;
}

def Heed_YieldOp : Heed_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "The result of a region";
  let arguments = (ins Variadic<Heed_Value>:$values);
  let assemblyFormat = [{ ($values^ `:` type($values))? attr-dict }];
}

def Heed_DeriveOp : Heed_Op<"derive", [HasParent<"ModelOp">]> {
  let summary = "Asks for an entry that is derived from another";
  let description = [{ `heed.derive gradient of @loss`. Gone after the stage `derived`. C1: the entry exists. }];
  let arguments = (ins Heed_RequestKindAttr:$request, FlatSymbolRefAttr:$entry);
  let assemblyFormat = [{ `` $request `of` $entry attr-dict }];
  let hasVerifier = 1;
}

def Heed_CheckOp : Heed_Computes<"check", [MemoryEffects<[MemWrite]>]> {
  let summary = "A condition that the caller has to meet";
  let description = [{
    `heed.check #heed.size<512 - T>, "the position table ends at 512"`: the size is at least 0. Or a run-time scalar:
    `heed.check %c : tensor<i1, …>, "…"`.
    C1: exactly one of size and value. C2: the value has rank 0 and i1 elements.
  }];
  let arguments = (ins Optional<Heed_Tensor>:$value, OptionalAttr<Heed_SizeAttr>:$size, StrAttr:$message);
  let assemblyFormat = [{ (qualified($size)^)? ($value^ `:` type($value))? `,` $message attr-dict }];
  let hasVerifier = 1;
}

// ---- index notation -------------------------------------------------------------------------------------------------

def Heed_IndexOp : Heed_Computes<"index", [
    SingleBlock, RecursiveMemoryEffects, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "Index notation: a tensor defined element by element, with an optional reduction";
  let description = [{
    ```mlir
    %y = heed.index sum [b < B, t < T, o < 768 | i < 64] (%x[b, t, i], %w[i, o]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x?x64xf32, #heed.axes<B, T, 64>>, tensor<64x768xf32, …>) -> tensor<?x?x768xf32, …>
    %e = heed.index none [b < B, t < T, d < 64] (%tokens[b, t], %table[data$0, d]) { … }
    %c = heed.index sum [t < T, c < 8 | k < 4] where (t >= k) (%x[t - k, c] if (t >= k), %w[c, k]) { … }
    %r = heed.index none [i < T, j < T] symbols [J] (%table[i - j + J]) { … }
    ```
    Indices before `|` are result axes, those after it are reduced. The region gets one scalar per access (f32/f64, i64,
    i1) and yields the element, then, where data decides, an i1 condition: points where it is false, or where `where`
    does not hold, do not count. What is left of nothing is 0 for sum, 1 for prod, -inf for max and logsumexp, +inf for
    min, false for any, true for all. `data$k` is the integer that access k gives; a symbol is called by its name where
    its size is one, else `size$k` by its number in `symbols`. `argmax` has one result per reduced index, the first of
    equals in row-major order (0 where nothing counts). After `normalise`, its form stands behind the reduction: `sum
    contraction […]`.

    Within regions of `attend` (and other ops with indices) an index op is a *term*: its maps' dims are the enclosing
    indices first, then its own, and its text lists them: `sum [| e < 8] within [b, i, h, d, j]`. These names are only
    spelling, and changed where an own index has the same. Without result axes a term's result may be a scalar.

    C1: as many bounds as names, names differ, at most that many result axes; `none` has no reduced index. C2: every
    access is affine, has dims = enclosing + own indices, symbols = `symbols` + accesses, and as many results as its
    operand has axes. C3: data symbols refer to earlier accesses of integer tensors. C4: region arguments are the
    scalars of the accesses. C5: the yield gives the element's scalar, then at most an i1. C6: the result's axes are the
    bounds of the result indices; a scalar result needs none, and enclosing indices. C7: argmax has one i32 or i64
    result per reduced index, the others exactly one. C8: sets and maps have the same dims and symbols. C9: every size
    is one of the entry's. C10: every operand is read.
  }];
  let arguments = (ins Variadic<Heed_Tensor>:$sources, Heed_ReductionAttr:$reduction, StrArrayAttr:$names,
                       Heed_SizeArray:$bounds, I64Attr:$rank, Heed_SizeArray:$symbols, Heed_AccessArray:$accesses,
                       OptionalAttr<Heed_ConditionAttr>:$where, OptionalAttr<Heed_FormAttr>:$form);
  let results = (outs Variadic<Heed_Value>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::heed::AccessAttr> getAccessList();
    ::llvm::SmallVector<::heed::SizeExpr> getBoundExprs();
    ::llvm::SmallVector<::heed::SizeExpr> getSymbolExprs();
    /// Indices of enclosing ops that count as dims here, outermost first.
    unsigned getEnclosingIndices();
    unsigned getNumIndices() { return getNames().size(); }
    bool isTerm() { return !::mlir::isa<::mlir::RankedTensorType>(getResult(0).getType()); }
  }];
}

def Heed_AtOp : Heed_Computes<"at", [Pure]> {
  let summary = "The value of an index, within a region";
  let description = [{
    `%i = heed.at 1 : i64`: the second of the indices in force (enclosing first, then own).
    C1: there are that many.
  }];
  let arguments = (ins I64Attr:$dim);
  let results = (outs I64:$result);
  let assemblyFormat = [{ $dim attr-dict `:` type($result) }];
  let hasVerifier = 1;
}

def Heed_SizeOp : Heed_Computes<"size", [Pure]> {
  let summary = "The value of a size, within a region";
  let description = [{ `%t = heed.size <T> : i64` }];
  let arguments = (ins Heed_SizeAttr:$size);
  let results = (outs I64:$result);
  let assemblyFormat = [{ $size attr-dict `:` type($result) }];
}

def Heed_DrawOp : Heed_Computes<"draw", [Pure]> {
  let summary = "Random numbers that depend on the call's seed, the place and the indices only";
  let description = [{
    `%u = heed.draw uniform site 7 (%position, %row, %element, %turn) : f32`. One Philox4x32-10 counter a draw: site
    (rehashed with the turn of `repeat`), stream position, batch row, row-major index of the rest. uniform = ((word0 >>
    9) + 1/2) * 2^-23; normal by Box–Muller from words 0 and 1; gumbel = -log(-log u).
  }];
  let arguments = (ins Heed_DrawKindAttr:$kind, I64Attr:$site, I64:$position, I64:$row, I64:$element, I64:$turn);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let assemblyFormat = [{
    `` $kind `site` $site ` ` `(` $position `,` $row `,` $element `,` $turn `)` attr-dict `:` type($result)
  }];
}

def Heed_StopOp : Heed_Computes<"stop", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "The identity, without a gradient";
  let arguments = (ins Heed_Value:$value);
  let results = (outs Heed_Value:$result);
  let assemblyFormat = [{ $value attr-dict `:` type($value) }];
}

def Heed_RoundOp : Heed_Computes<"round", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "What is left of a number in a narrower element type: the cast that a program writes";
  let description = [{
    `%r = heed.round %x to bf16 : f32`. To the nearest, ties to even; nothing else rounds within a region.
    C1: the type is bf16 or f16.
  }];
  let arguments = (ins AnyTypeOf<[F32, F64]>:$value, TypeAttr:$element);
  let results = (outs AnyTypeOf<[F32, F64]>:$result);
  let assemblyFormat = [{ $value `to` $element attr-dict `:` type($value) }];
  let hasVerifier = 1;
}

def Heed_ReshapeOp : Heed_Computes<"reshape", [Pure]> {
  let summary = "The same elements in row-major order under other axes";
  let description = [{
    Splits or merges of axes whose factors only run time knows.
    C1: as many elements before as after, as polynomials. C2: one element type.
  }];
  let arguments = (ins Heed_Tensor:$source);
  let results = (outs Heed_Tensor:$result);
  let assemblyFormat = [{ $source attr-dict `:` type($source) `->` type($result) }];
  let hasVerifier = 1;
}

def Heed_SortOp : Heed_Computes<"sort", [Pure]> {
  let summary = "The n best along the last axis: values, and where they stood";
  let description = [{
    Stable.
    C1: results have the source's axes but for the last, which is `count`. C2: positions are i32.
  }];
  let arguments = (ins Heed_Tensor:$source, Heed_SizeAttr:$count, UnitAttr:$descending);
  let results = (outs Heed_Tensor:$values, Heed_Tensor:$positions);
  let assemblyFormat = [{
    $source `best` $count (`descending` $descending^)? attr-dict
    `:` type($source) `->` type($values) `,` type($positions)
  }];
  let hasVerifier = 1;
}

// ---- attention ------------------------------------------------------------------------------------------------------

def Heed_AttendOp : Heed_Computes<"attend", [RecursiveMemoryEffects]> {
  let summary = "Attention: sum over visible keys of weights(scores) times values";
  let description = [{
    ```mlir
    %y = heed.attend [b < B, i < T, h < 8, d < 8 | j < T] where (i >= j) score {
        %s = heed.index sum [| e < 8] within [b, i, h, d, j] (%q[b, i, h, e], %k[b, j, h floordiv 2, e]) { … }
          : (…) -> f32
        heed.yield %s : f32
      } value {
        %v = heed.index none [] within [b, i, h, d, j] (%value[b, j, h floordiv 2, d]) { … } : (…) -> f32
        heed.yield %v : f32
      } weights {
      ^bb0(%row: tensor<?xf32, #heed.axes<T>>):
        … heed.yield %w : tensor<?xf32, #heed.axes<T>>
      } : tensor<?x?x8x8xf32, #heed.axes<B, T, 8, 8>>
    ```
    Indices before `|` are result axes, the others run over keys. Operands are captured by the terms within the regions.
    A key is visible where `where` holds and the optional region `visible` yields true. `weights` is a program over the
    row of scores, an axis of all keys in row-major order: every reduction in it runs over visible keys only, and its
    index ops see the result indices as enclosing indices (not those of keys: they are the row's axis). A weight depends
    on the result indices that score and visibility depend on, and on those that this region uses. The value region may
    not change the weights. A row that sees no key gives 0. Where the program sorts, its row is dense: the visible keys
    one after the other, so that what is sorted and what is not are counted alike; an index of the row, and one along
    the axis of something sorted, runs over as many as are visible.
    C1: bounds, names and rank agree; at least one key index. C2: score and value yield one f32/f64, visible one i1. C3:
    weights maps the row to a row of the same type. C4: the result's axes are the bounds of the result indices. C5:
    `where` has the indices as dims and `symbols` as symbols. C6: regions hold scalar ops and index ops without result
    axes; weights also those with axes, sort, stop and constants. C7: every size is one of the entry's.
  }];
  let arguments = (ins StrArrayAttr:$names, Heed_SizeArray:$bounds, I64Attr:$rank, Heed_SizeArray:$symbols,
                       OptionalAttr<Heed_ConditionAttr>:$where);
  let results = (outs Heed_Tensor:$result);
  let regions = (region MaxSizedRegion<1>:$visible, SizedRegion<1>:$score, SizedRegion<1>:$value,
                     SizedRegion<1>:$weights);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::heed::SizeExpr> getBoundExprs();
    ::llvm::SmallVector<::heed::SizeExpr> getSymbolExprs();
    unsigned getNumIndices() { return getNames().size(); }
    /// The number of keys: the product of the key indices' bounds.
    ::heed::SizeExpr getKeys();
    /// Whether the row of the weights program is dense: the visible keys alone.
    bool hasDenseRow();
    /// Per own index of an index op within weights: whether it runs over the row, so over visible keys only.
    ::llvm::SmallVector<bool> indicesOverRow(IndexOp);
  }];
}
def Heed_AttendGradOp : Heed_Computes<"attend_grad", [Pure]> {
  let summary = "After differentiation: the gradients of an attend, from its cotangent and its saved row statistics";
  let arguments = (ins Variadic<Heed_Tensor>:$operands_);
  let results = (outs Variadic<Heed_Tensor>:$results);
  let assemblyFormat = [{ $operands_ attr-dict `:` functional-type($operands_, $results) }];
}

// ---- loops ----------------------------------------------------------------------------------------------------------

def Heed_RepeatOp : Heed_Computes<"repeat", [AttrSizedOperandSegments, RecursiveMemoryEffects]> {
  let summary = "A loop over layers: one region per kind of layer, parameters in stacks";
  let description = [{
    ```mlir
    %y = heed.repeat schedule [0, 0, 0, 0, 0] carries(%x : tensor<…>) stacks(%wq of 0 : tensor<5x64x64xf32, …>) {
    ^bb0(%turn: i64, %h: tensor<…>, %w: tensor<64x64xf32, …>):
      … heed.yield %next : tensor<…>
    } : tensor<…>
    ```
    Turn t runs region `schedule[t]`; its arguments are the turn, the carries, then the stacks of its kind without their
    first axis, each at the number n of earlier turns of that kind, or at its row n where rows are given: `%w of 0 rows
    [4, 12]`. An argument with the stack's rank takes several rows, from there on: layers of a loop within. After
    `place`: `places` holds two buffers per carry,
    side by side (2k and 2k + 1 for carry k), in the arena of the region that holds the repeat. The first turn reads a
    carry where its operand lies; turn t writes buffer t mod 2 and, from t = 1 on, reads the other; the result lies in
    buffer (turns - 1) mod 2. Nothing is copied. `inner` is where, in the same arena, the arena of one turn begins:
    places of kind `inner` within the bodies are relative to it, and every turn uses it afresh.
    C1: the schedule is not empty and names existing regions, each at least once. C2: results and yields have the
    carries' types. C3: a stack's first axis counts the turns of its kind, or one row inside it is given for each. C4:
    region arguments as said.
  }];
  let arguments = (ins Variadic<Heed_Tensor>:$carries, Variadic<Heed_Tensor>:$stacks, DenseI32ArrayAttr:$stackKinds,
                       OptionalAttr<TypedArrayAttrBase<DenseI64ArrayAttr, "rows of stacks">>:$rows,
                       DenseI32ArrayAttr:$schedule, OptionalAttr<Heed_PlaceAttr>:$inner,
                       OptionalAttr<TypedArrayAttrBase<Heed_PlaceAttr, "places">>:$places);
  let results = (outs Variadic<Heed_Tensor>:$results);
  let regions = (region VariadicRegion<SizedRegion<1>>:$bodies);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The rows of a stack by turns of its kind; empty: 0, 1, 2, …
    ::llvm::ArrayRef<int64_t> getRowsOf(unsigned stack);
    /// The stack that a region argument is a part of; none for the turn and the carries.
    std::optional<unsigned> getStackOf(::mlir::BlockArgument argument);
  }];
}
def Heed_BranchOp : Heed_Computes<"branch", [RecursiveMemoryEffects]> {
  let summary = "One of two regions, chosen by a scalar or a size that run time knows";
  let description = [{
    ```mlir
    %y = heed.branch %c : tensor<i1, #heed.axes<>> {
      … heed.yield %a : tensor<…>
    } else {
      … heed.yield %b : tensor<…>
    } : tensor<…>
    %z = heed.branch #heed.size<T - 2049> { … } else { … } : tensor<…>
    ```
    The first region runs where the scalar is true, or the size is at least 0, else the second; the other one computes
    nothing. After `place`: `places` holds one buffer per result, into which either region writes (its places are `next
    k`), and `inner` is where the arena of the regions begins.
    C1: exactly one of size and value. C2: the value has rank 0 and i1 elements. C3: regions take no arguments and yield
    the results' types.
  }];
  let arguments = (ins Optional<Heed_Tensor>:$value, OptionalAttr<Heed_SizeAttr>:$size,
                       OptionalAttr<Heed_PlaceAttr>:$inner,
                       OptionalAttr<TypedArrayAttrBase<Heed_PlaceAttr, "places">>:$places);
  let results = (outs Variadic<Heed_Tensor>:$results);
  let regions = (region SizedRegion<1>:$then, SizedRegion<1>:$otherwise);
  let assemblyFormat = [{
    (qualified($size)^)? ($value^ `:` type($value))? (`inner` qualified($inner)^)? (`places` $places^)? $then `else`
    $otherwise attr-dict (`:` type($results)^)?
  }];
  let hasVerifier = 1;
}
def Heed_ScanOp : Heed_Computes<"scan", [AttrSizedOperandSegments, RecursiveMemoryEffects]> {
  let summary = "A loop over an axis: carries, sequences read at t, results collected at t";
  let description = [{
    ```mlir
    %last, %all = heed.scan <T> carries(%h : tensor<?x8xf32, …>) sequences(%x : tensor<?x?x8xf32, …>) {
    ^bb0(%0: tensor<?x8xf32, …>, %1: tensor<?x8xf32, …>):
      … heed.yield %next, %out : …
    } : tensor<?x8xf32, …>, tensor<?x?x8xf32, #heed.axes<T, B, 8>>
    ```
    C1: the first axis of every sequence counts the turns, and the region's arguments are the carries, then slices of
    the sequences. C2: it yields the carries, then one slice per further result, which collects them along a first axis.
  }];
  let arguments = (ins Variadic<Heed_Tensor>:$carries, Variadic<Heed_Tensor>:$sequences, Heed_SizeAttr:$turns,
                       UnitAttr:$reverse);
  let results = (outs Variadic<Heed_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $turns (`reverse` $reverse^)? `carries` `(` ($carries^ `:` type($carries))? `)`
    `sequences` `(` ($sequences^ `:` type($sequences))? `)` $body attr-dict (`:` type($results)^)?
  }];
}
def Heed_RouteOp : Heed_Computes<"route", [AttrSizedOperandSegments, RecursiveMemoryEffects]> {
  let summary = "Mixture of experts: every row goes through the experts that were picked for it";
  let description = [{ C1: picks are integers. C2: the region yields one row. }];
  let arguments = (ins Heed_Tensor:$picks, Variadic<Heed_Tensor>:$rows, Variadic<Heed_Tensor>:$stacks);
  let results = (outs Heed_Tensor:$result);
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let assemblyFormat = [{
    $picks `:` type($picks) `rows` `(` ($rows^ `:` type($rows))? `)` `stacks` `(` ($stacks^ `:` type($stacks))? `)`
    $body attr-dict `:` type($result)
  }];
}

// ---- after streaming ------------------------------------------------------------------------------------------------

def Heed_RecallOp : Heed_Computes<"recall", [MemoryEffects<[MemRead]>]> {
  let summary = "After streaming: the visible history of a value, from the chunk and a named state";
  let description = [{ C1: the state exists. }];
  let arguments = (ins Heed_Tensor:$chunk, FlatSymbolRefAttr:$state, Heed_RecallKindAttr:$kind, Heed_SizeAttr:$length);
  let results = (outs Heed_Tensor:$history);
  let assemblyFormat = [{ `` $kind $length `of` $chunk `in` $state attr-dict `:` type($chunk) `->` type($history) }];
  let hasVerifier = 1;
}
def Heed_NextOp : Heed_Computes<"next", [MemoryEffects<[MemWrite]>]> {
  let summary = "The new value of a state";
  let description = [{ C1: the state exists and has the value's type. }];
  let arguments = (ins Heed_Tensor:$value, FlatSymbolRefAttr:$state);
  let assemblyFormat = [{ $state `=` $value attr-dict `:` type($value) }];
  let hasVerifier = 1;
}

// ---- kernels --------------------------------------------------------------------------------------------------------

def Heed_KernelOp : Heed_Named<"kernel", [
    IsolatedFromAbove, RecursiveMemoryEffects, SingleBlock, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "One kernel: index and attend ops that become one function";
  let description = [{
    ```mlir
    %q = heed.kernel @wq contract (%x, %w) {
    ^bb0(%0: tensor<…>, %1: tensor<…>):
      %2 = heed.index sum … 
      heed.yield %2 : tensor<…>
    } places [#heed.place<arena, offset = 0, bytes = 256 * B * T>] declined ["its result is read again"]
      : (tensor<…>, tensor<…>) -> tensor<…>
    ```
    After `form` only these compute (with `repeat`, `branch`, `check`, `reshape`, tensor constants and `return` around them);
    after `lay-out` `layouts [unit, #heed.layout<…>]` says how operands are stored where one is not row-major (`unit`);
    after `place` each result has a place. `declined` says which patterns of `form` and `lay-out` were not applied here,
    and why. `strip 288` says that this kernel and the next one are computed in turn, 288 rows at a time, and that what
    the next one alone reads is held for so many rows. Operands are tensors, and the turn of a repeat where the body draws.
    C1: region arguments are the operands. C2: the body holds index and attend ops, constants, and yields the results.
    C3: as many places as results, or none. C4: as many layouts as operands, or none; each can hold its operand.
  }];
  let arguments = (ins StrAttr:$name, Heed_KernelKindAttr:$kind, Variadic<Heed_Value>:$operands_,
                       OptionalAttr<TypedArrayAttrBase<Heed_PlaceAttr, "places">>:$places,
                       OptionalAttr<StrArrayAttr>:$declined, OptionalAttr<ArrayAttr>:$layouts,
                       OptionalAttr<I64Attr>:$strip);
  let results = (outs Variadic<Heed_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// How an operand is stored; null: row-major.
    ::heed::LayoutAttr getLayout(unsigned operand);
  }];
}

#endif
