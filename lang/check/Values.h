// What an expression of the language is worth while the checker runs it: numbers, functions and blocks, known at
// compile time, and data, known by type and by how each element is made.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/check/Package.h"
#include "lang/check/Scalars.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <variant>

namespace heed {

struct Value;
struct Scope;
struct Instance;
struct List;

/// A tensor, or with no axes a scalar. It need not be stored anywhere: `at` gives the element at any position inside,
/// as an expression.
struct Data {
  Element element = Element::Working;
  std::vector<SizeExpr> axes;
  std::vector<std::string> axisNames; // for the indices of what is defined from it; may be shorter than axes
  std::function<const Expr *(std::span<const Expr *const> positions)> at;
  const checked::Tensor *tensor = nullptr; // set where it is exactly that tensor
  bool view = false;                       // elements are elements of one tensor, merely addressed otherwise
  bool table = false;                      // a compile-time table: exact until it meets data
  bool literal = false;                    // a compile-time scalar in data's clothes: adapts to what it meets
};

/// A function of the language: its declaration and what it captured, perhaps with some parameter lists already given;
/// or a builtin; or `and`, `or`, `not` of functions; or a function seen through a type that names its arguments.
struct Callable {
  enum class Kind { Declared, Builtin, And, Or, Not, Named };
  Kind kind;
  const ast::Function *declaration = nullptr; // Declared
  std::shared_ptr<Scope> scope;               // Declared: where its free names are looked up
  bool library = false;                       // Declared in the standard library
  std::string name;                           // for messages; Builtin: which
  size_t given = 0;                           // Declared: parameter lists already bound, in `scope`
  std::shared_ptr<const Callable> a, b;       // And, Or, Not; Named: a
  std::vector<std::string> arguments;         // Named: what the positions are called
  const ast::Type *gives = nullptr;           // Named: what the type promises
  Range from;                                 // Named: where the function was given
};

/// A block to be made: `LSTM`, or `LoRA(rank = 4)`, which still waits for its second list.
struct BlockMaker {
  const ast::Block *declaration = nullptr;
  const Package::File *file = nullptr;
  std::vector<std::vector<std::pair<std::string, std::shared_ptr<Value>>>> given;
};

/// One block with its hyper-parameters.
struct BlockRef {
  std::shared_ptr<Instance> instance;
  const Expr *pick = nullptr;        // data that says which of `among` is meant; then `instance` is the first of them
  std::shared_ptr<const List> among; // blocks that are alike
};

struct List {
  std::vector<Value> items;
};
struct TupleValue {
  std::vector<std::string> names; // empty strings where there is none
  std::vector<Value> items;
};
struct Dictionary {
  std::vector<std::pair<std::string, Value>> entries;
};
/// `low..high`, or from the end
struct SpanValue {
  SizeExpr low, high;
  bool reverse = false;
};
/// What one turn of a loop gives to a tensor that all its turns fill, as in `y[:, t] = …`. It is complete, and may be
/// read, once those loops are over.
struct Collected {
  std::shared_ptr<const Data> slice;
  /// Axes of the whole, composites taken apart: the loop whose turns make this axis, or "" for the slice's next one.
  std::vector<std::string> axes;
  std::vector<size_t> groups; // how many of them make one axis of the result
};
/// An optional input that was not given.
struct Absent {};
/// Something that was reported already; whatever touches it is wrong for no fault of its own.
struct Poison {};

struct Value {
  std::variant<Poison, Number, bool, std::string, SizeExpr, std::shared_ptr<const Data>,
               std::shared_ptr<const Callable>, BlockMaker, BlockRef, std::shared_ptr<const List>,
               std::shared_ptr<const TupleValue>, std::shared_ptr<const Dictionary>, SpanValue,
               std::shared_ptr<const Collected>, Absent>
      is;
  bool real = false;  // a number written or computed as a float, even where it is whole
  std::string result; // the name of a function's single result, by which it may be asked for
  std::string uneven; // of a quotient of whole numbers that is none itself: what does not divide what

  Value() = default;
  template <typename T> Value(T value) : is(std::move(value)) {}

  template <typename T> const T *as() const { return std::get_if<T>(&is); }
  bool poisoned() const { return std::holds_alternative<Poison>(is); }
  const Data *data() const {
    auto d = as<std::shared_ptr<const Data>>();
    return d ? d->get() : nullptr;
  }
  const Callable *callable() const {
    auto c = as<std::shared_ptr<const Callable>>();
    return c ? c->get() : nullptr;
  }
  /// A compile-time or run-time whole number used as a size.
  std::optional<SizeExpr> size() const;
};

/// A text that a file chose, in quotes, safe to print: control characters are escaped, and what is too long is cut.
std::string quoted(std::string_view);
/// What a value is, for messages: "a number", "a tensor [B, T, 64]", "a function".
std::string describe(const Value &);
/// "[B, T, 64]"
std::string shapeText(const std::vector<SizeExpr> &axes);
/// The same compile-time value: what makes two layers equal.
bool equal(const Value &, const Value &);

/// One level of names. Functions and blocks have their own, whose parent is the block's or the file's.
struct Scope {
  std::shared_ptr<Scope> parent;
  const Package::File *file = nullptr; // of the outermost scope: its visible names come last
  std::map<std::string, Value, std::less<>> names;
  std::optional<BlockRef> self;                      // fields of the block are names too
  std::optional<std::vector<SizeExpr>> leading;      // `..` of the signature
  std::map<std::string, Range, std::less<>> boundAt; // sizes, and "..": the arguments that gave them
  std::vector<std::string> turnOf;                   // of a loop's turn: the loop's variables
};

/// Under which names a block's parameters are stored: several lie side by side.
struct StoredAs {
  std::vector<std::string> names;
  bool transposed = false;
  std::vector<std::string> copies;
};

/// What a block is called within its model, and whether it is in a list, directly or deeper: its parameters are rows of
/// stacks then.
struct Place {
  std::string path;  // "layers.*.attn"; "" for the model
  std::string exact; // "layers.3.attn"
  bool listed = false;
};

/// An entry of `… with {"h.*.qkv": LoRA(8)}`.
struct Replacement {
  std::string pattern;
  Range range;
  Value by;                             // takes the block that stands there as `base`
  unsigned order;                       // which `with`, from the inside
  std::shared_ptr<const Instance> root; // whose blocks the pattern names
  bool used = false;
};
/// What an entry still says of a block's members: their names are to match the rest of its pattern.
struct ReplacementBelow {
  std::vector<std::string> rest;
  std::shared_ptr<Replacement> entry;
};

/// A block's fields and parameters.
struct Instance {
  struct Slot {
    checked::Parameter *parameter;
    int64_t row; // in its stack; 0 where it has none
  };
  const ast::Block *declaration = nullptr;
  const Package::File *file = nullptr;
  bool bound = false; // has its name, and its members are made
  Place place;
  StoredAs stored;
  std::shared_ptr<const Instance> alike;            // in a list: one bound earlier that was made from the same values
  std::vector<std::pair<std::string, Value>> given; // hyper-parameters, in order
  std::map<std::string, Value, std::less<>> fields; // hyper-parameters, sub-blocks, tables, other compile-time values
  std::map<std::string, Slot, std::less<>> parameters;
  struct StateSlot {
    checked::State *state;
    int64_t row;
  };
  std::map<std::string, StateSlot, std::less<>> states;
  std::set<std::string, std::less<>> sizes; // that the types of states name, and run time knows
  std::vector<ReplacementBelow> replacements;
  std::map<std::string, bool, std::less<>> absent; // members whose condition is false
};

/// One turn of a loop over what is known when compiling, written down on its own: turns that do the same, but for
/// numbers and layers, become one kind.
struct Turn {
  struct Slice {
    const checked::Tensor *source; // the stack
    int64_t row;
    const checked::Tensor *tensor; // its row, or as many as the first axis says
  };
  std::unique_ptr<checked::Body> body;
  std::vector<Slice> slices;
};

} // namespace heed
