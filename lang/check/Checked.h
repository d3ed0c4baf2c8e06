// The checked program: what is left of the text once names, hyper-parameters, functions, sizes, index ranges and
// element types are known. Every call has been resolved; what remains are parameters, entries, tensors defined by index
// notation, and loops over layers.
//
// In: made by `check`. Out: read by `compiler/irgen`, and printed by `--emit=checked`. No user error is left to report
// in it.
#pragma once

#include "lang/check/SizeExpr.h"
#include "lang/source/Source.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heed::checked {

/// Element types. `Working` is the precision chosen when compiling.
enum class Element { Working, F64, F32, F16, BF16, I64, I32, U8, Bool };
inline bool isFloat(Element e) { return e <= Element::BF16; }
inline bool isInteger(Element e) { return e == Element::I64 || e == Element::I32 || e == Element::U8; }
std::string_view name(Element);

struct Op;
struct Body;
struct Expr;
struct Parameter;
struct State;

/// A tensor: an input, a parameter (or a layer's slice of one), a table, or what an op defines.
struct Tensor {
  std::string name; // from the source, for people; not unique
  Range range;
  Element element = Element::Working;
  std::vector<SizeExpr> axes;
  const Op *definition = nullptr;       // null: an argument of a body or of the entry, or a parameter
  const Parameter *parameter = nullptr; // set for the whole of a parameter
  bool wide = false;                    // Working, but not narrower than f32: numbers, rounded where they are read
};

/// An index of a definition, a reduction, an attend or a scan: 0 <= value < bound.
struct IndexVar {
  std::string name;
  SizeExpr bound;
  Range range;
};

// ---- scalars: what stands at one point of an index statement ----

enum class ScalarOp {
  // arithmetic; both operands have one type, Float or Integer, except where said. Divide: of floats. Power: of floats.
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Remainder,
  Power,
  Min,
  Max,
  Negate,
  Abs,
  // floats to floats
  Exp,
  Log,
  Log2,
  Log1p,
  Sqrt,
  Rsqrt,
  Sin,
  Cos,
  Tan,
  Tanh,
  Sigmoid,
  Erf,
  // what is left of a float in a narrower type
  Bf16,
  F16,
  // floats to integers
  Floor,
  Ceil,
  Round,
  // comparisons of two operands of one type, to booleans
  Equal,
  NotEqual,
  Less,
  LessEqual,
  // of booleans
  And,
  Or,
  Not,
};
std::string_view name(ScalarOp);

enum class Reduction { Sum, Max, Min, Prod, Any, All, Argmax, Logsumexp };
std::string_view name(Reduction);
enum class DrawKind { Uniform, Normal, Gumbel };

/// A row program: from the row of an attend's scores to its weights. Its reductions over the row run over visible keys
/// only. Within it, working precision is f32 or wider: nothing in an attend is rounded to less.
struct RowProgram {
  Tensor *row = nullptr; // [keys]
  std::unique_ptr<Body> body;
  Tensor *weights = nullptr; // [keys], defined in `body` (or the row itself)
};

/// A node of a scalar expression. Nodes are shared where the source shares them; `type` is Working, F64, F32, I64 or
/// Bool (an element of I32 or U8 is read as I64, one of F16 or BF16 as F32). Constants adapt to what they meet before
/// the node is made.
struct Expr {
  enum class Kind { Number, Index, Size, Read, Apply, Select, Cast, Reduce, Attend, Draw, Stop };
  Kind kind;
  Element type;
  Range range;

  double number = 0;               // Number (Bool: 0 or 1; I64: whole)
  const IndexVar *index = nullptr; // Index
  SizeExpr size;                   // Size

  const Tensor *tensor = nullptr; // Read
  /// Read: one I64 per axis; Apply: operands; Select: condition, then, otherwise; Cast, Stop: one; Draw: where the
  /// indices stood that were in force, so which of its numbers it is.
  std::vector<const Expr *> operands;
  /// Read: empty where every position is inside for all indices in range (under the `where` of the enclosing
  /// reductions); else the element is needed, and its positions are inside, only where all of these hold.
  std::vector<const Expr *> guards;
  /// Read: per axis, true where data gives the position: it was not proved and is checked when run.
  std::vector<bool> checked;

  ScalarOp op = ScalarOp::Add; // Apply

  std::vector<const IndexVar *>
      indices;                 // Reduce: what is reduced; Attend: the keys; Draw: those in force, not bound here
  const Expr *where = nullptr; // Reduce, Attend: what counts; may be null
  Reduction reduction = Reduction::Sum; // Reduce
  const Expr *body = nullptr;           // Reduce; Attend: the score
  unsigned component = 0;               // Reduce, Argmax: which reduced index this gives
  const Expr *value = nullptr;          // Attend
  const RowProgram *weights = nullptr;  // Attend

  DrawKind draw = DrawKind::Uniform; // Draw
  uint32_t site = 0;                 // Draw: hash of the place; a parameter's: of its path
};

// ---- ops ----

struct Op {
  enum class Kind { Define, Table, Reshape, Sort, Repeat, Branch, Scan, Route, Next, Require };
  Kind kind;
  Range range;
  Range caller;      // where it stands in the standard library: the call that led there; else empty
  std::string block; // the path of the block whose function it belongs to: "layers.*.attn"; "" of the model
  /// Define, Table, Reshape: one; Sort: values and positions; Repeat: one per carry; Branch: any; Scan: one per carry,
  /// then what its turns collect, along a first axis; Route: what the blocks give, with an axis per index first; Next:
  /// none
  std::vector<Tensor *> results;

  // Define: result[indices] = element; Route: what is routed, a row at each point of the indices
  std::vector<const IndexVar *> indices;
  const Expr *element = nullptr;

  std::vector<double> numbers; // Table: row-major, exact to f64, of a result with constant axes

  const Tensor *source = nullptr; // Reshape: the same elements, row-major, under other axes; Sort: along its last axis;
                                  // Next: the new value

  // Sort: that many of the first; equal ones as they stood
  SizeExpr count;
  bool descending = false;

  // Repeat: turn t is of kind schedule[t]. Scan: one turn per value of `turn`, an index that its body may use. Route: a
  // turn per row, with the rows of stacks that its pick says.
  struct Stack {
    const Tensor *source;
    const Tensor *layer;       // an argument of the body: a row of the source, or as many as its first axis says
    std::vector<int64_t> rows; // by turns of the kind (Route: by picks), the row or the first one; empty: 0, 1, 2, …
  };
  struct Layer {
    std::vector<Stack> stacks;
    /// Repeat, Scan: arguments are the carries, results the carries (Scan: then a slice for each further result).
    /// Route: arguments are the rows, results what the block gives for them.
    std::unique_ptr<Body> body;
  };
  std::vector<int32_t> schedule;       // Repeat
  std::vector<const Tensor *> carries; // Repeat, Scan: initial values
  std::vector<Layer> layers;           // Repeat: one for each kind; Scan, Route: one
  const IndexVar *turn = nullptr;      // Scan
  bool reverse = false;                // Scan: from the last turn to the first

  // Route: the block that each row goes through, over `indices`; -1: none, and the result is 0 there
  const Tensor *picks = nullptr;
  struct Routed {
    const Tensor *source;             // its first axes stand for `at`, the rest is the row
    std::vector<const IndexVar *> at; // some of `indices`
  };
  std::vector<Routed> routed;

  // Next: what a state holds from the next call on
  const Tensor *old = nullptr; // the state, as the entry or the turn around reads it
  std::optional<int64_t> row;  // of a stack, where that is read as a whole

  // Branch: layers[0] where the condition holds, else layers[1]; both without arguments, one result per result
  // Require: `atLeastZero` >= 0, or a scalar condition; else `message`
  std::optional<SizeExpr> atLeastZero;
  const Tensor *condition = nullptr;
  std::string message;
};

struct Body {
  std::vector<Tensor *> arguments;
  std::vector<std::unique_ptr<Op>> ops;
  std::vector<const Tensor *> results;
};

// ---- the program ----

/// A stored tensor that fills part of a parameter (see heed_part in the ABI).
struct Part {
  std::string stored;
  bool transposed = false;
  int64_t layer = -1;            // along the stack, or -1
  int64_t begin = 0, extent = 0; // along the last axis
  std::vector<std::string> copies;
};

struct Parameter {
  std::string path; // "layers.*.attn.wq.weight"
  bool stacked = false;
  Tensor *tensor = nullptr; // with the stack's axis first
  std::vector<Part> parts;
  Range range;
  // Its initial value: tensor[indices] = initial, in the axes of one layer; a draw's turn is the layer.
  std::vector<const IndexVar *> indices;
  const Expr *initial = nullptr;
};

/// What lasts from call to call: stored like a parameter if all its sizes are constant, else alive as long as the
/// batch's documents are. Its tensor has the sizes that its type names.
struct State : Parameter {
  std::vector<std::string> sizes; // that run time knows
};

struct Result {
  std::string name;
  const Tensor *tensor;
};

/// A state as an entry reads it: its old value, with the sizes that the entry's inputs give it.
struct OldState {
  const State *state;
  Tensor *tensor;
};

struct Entry {
  std::string name;
  Range range;
  std::vector<std::string> sizes; // "B", "T"
  std::optional<std::string> stream;
  std::optional<SizeExpr> prefix;     // `stream T from n`: the first positions arrive together, as many as this size
  const Tensor *streamFrom = nullptr; // or as the input says
  std::vector<std::string> without;   // of its inputs, these are left out: entries of one name are its variants
  using Fills = std::map<std::string, double>;
  Fills fills; // of its inputs, these may be missing all the same; then each element is this
  std::vector<Tensor *> inputs;
  std::vector<OldState> states; // those that it reads
  std::vector<Result> results;
  Body body; // parameters and inputs are used directly; `results` says what is returned
};

struct Program {
  std::string model;  // its name
  std::string digest; // of all source text, hexadecimal
  std::vector<std::unique_ptr<Parameter>> parameters;
  std::vector<std::unique_ptr<State>> states;
  std::vector<std::unique_ptr<Entry>> entries;
  std::vector<std::string> ignored; // stored names that a checkpoint may hold unused

  // Owners of everything that the above points to.
  std::deque<Tensor> tensors;
  std::deque<IndexVar> indexVars;
  std::deque<Expr> exprs;
  std::deque<RowProgram> rowPrograms;
};

/// The program as text, for people and tests (`--emit=checked`).
std::string print(const Program &, const Sources &);

} // namespace heed::checked
