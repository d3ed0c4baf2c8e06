// The tree of a file, as the grammar of the language reference gives it. In: nothing. Out: the nodes that `parse` makes
// and that `format` and `check` read. A node owns its children and has the source range it came from; nothing here
// knows what a name means.
#pragma once

#include "lang/source/Source.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heed::ast {

struct Expr;
struct Statement;
struct Binder;
struct Type;
struct Function;
using ExprPtr = std::unique_ptr<Expr>;
using TypePtr = std::unique_ptr<Type>;
using StatementPtr = std::unique_ptr<Statement>;

/// A name where it stands.
struct Name {
  std::string text;
  Range range;
};

/// `[ name "=" ] expr`: an argument of a call, an entry of a tuple, an entry of a recipe.
struct Argument {
  std::optional<Name> name;
  ExprPtr value;
  Range range;
};

/// `.. | : | name [in expr] | (binder, …)`
struct Binder {
  enum class Kind { Spread, Colon, Name, Composite };
  Kind kind;
  Range range;
  Name name;                 // Name
  ExprPtr in;                // Name; may be null
  std::vector<Binder> parts; // Composite
};

/// `.. | [expr] : [expr] | expr | (index, …)`
struct Index {
  enum class Kind { Spread, Slice, At, Composite };
  Kind kind;
  Range range;
  ExprPtr low, high;        // Slice: either may be null; At: low
  std::vector<Index> parts; // Composite
};

// ---- expressions ----

struct Expr {
  enum class Kind {
    Number,
    String,
    Name,
    Paren,
    Tuple,
    List,
    Comprehension,
    Map,
    Body,
    If,
    Lambda,
    Unary,
    Binary,
    Span,
    Reduce,
    Attend,
    Dot,
    Call,
    Subscript,
    With
  };
  const Kind kind;
  Range range;
  virtual ~Expr() = default;

protected:
  Expr(Kind kind, Range range) : kind(kind), range(range) {}
};

template <Expr::Kind K> struct ExprOf : Expr {
  static constexpr Kind kKind = K;
  explicit ExprOf(Range range) : Expr(K, range) {}
};
/// The node as a T, or null.
template <typename T> T *as(Expr *e) { return e && e->kind == T::kKind ? static_cast<T *>(e) : nullptr; }
template <typename T> const T *as(const Expr *e) {
  return e && e->kind == T::kKind ? static_cast<const T *>(e) : nullptr;
}
template <typename T> const T *as(const ExprPtr &e) { return as<T>(static_cast<const Expr *>(e.get())); }

struct Number : ExprOf<Expr::Kind::Number> {
  using ExprOf::ExprOf;
  std::string text; // as written, `_` included
  bool whole;       // no point, no exponent
};
struct String : ExprOf<Expr::Kind::String> {
  using ExprOf::ExprOf;
  std::string value; // escapes resolved; `{name}` stays as it is
};
struct NameExpr : ExprOf<Expr::Kind::Name> {
  using ExprOf::ExprOf;
  std::string name;
};
/// `(e)`
struct Paren : ExprOf<Expr::Kind::Paren> {
  using ExprOf::ExprOf;
  ExprPtr inner;
};
/// `(a, b)`, `(logits = a, hidden = b)`, `(a = b)`; also `a, b` where a statement gives several results, then `bare`.
struct Tuple : ExprOf<Expr::Kind::Tuple> {
  using ExprOf::ExprOf;
  std::vector<Argument> entries;
  bool bare = false;
};
struct List : ExprOf<Expr::Kind::List> {
  using ExprOf::ExprOf;
  std::vector<ExprPtr> elements;
};
/// `[element for first, second in over]`
struct Comprehension : ExprOf<Expr::Kind::Comprehension> {
  using ExprOf::ExprOf;
  ExprPtr element;
  Name first;
  std::optional<Name> second;
  ExprPtr over;
};
/// `{"a": x}`
struct Map : ExprOf<Expr::Kind::Map> {
  using ExprOf::ExprOf;
  struct Entry {
    std::string key;
    Range keyRange;
    ExprPtr value;
  };
  std::vector<Entry> entries;
};
/// `{ statements }`, whose value is the last statement's.
struct Body : ExprOf<Expr::Kind::Body> {
  using ExprOf::ExprOf;
  std::vector<StatementPtr> statements;
};
struct If : ExprOf<Expr::Kind::If> {
  using ExprOf::ExprOf;
  ExprPtr condition, then, otherwise;
};
/// `fn (i, j) = j <= i`: a function without a name, as a value.
struct Lambda : ExprOf<Expr::Kind::Lambda> {
  using ExprOf::ExprOf;
  std::unique_ptr<Function> function;
};
struct Unary : ExprOf<Expr::Kind::Unary> {
  using ExprOf::ExprOf;
  enum class Op { Negate, Not } op;
  ExprPtr operand;
};
struct Binary : ExprOf<Expr::Kind::Binary> {
  using ExprOf::ExprOf;
  enum class Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power
  };
  Op op;
  ExprPtr left, right;
  Range opRange;
};
/// `low..high`
struct Span : ExprOf<Expr::Kind::Span> {
  using ExprOf::ExprOf;
  ExprPtr low, high;
};
/// `sum[i, k in K where c] body`; `reducer` is one of sum mean max min prod any all argmax logsumexp.
struct Reduce : ExprOf<Expr::Kind::Reduce> {
  using ExprOf::ExprOf;
  Name reducer;
  std::vector<Binder> binders;
  ExprPtr where; // may be null
  ExprPtr body;
};
/// `attend[j where c](score, value, by)`
struct Attend : ExprOf<Expr::Kind::Attend> {
  using ExprOf::ExprOf;
  std::vector<Binder> binders;
  ExprPtr where; // may be null
  std::vector<Argument> arguments;
};
/// `base.name`
struct Dot : ExprOf<Expr::Kind::Dot> {
  using ExprOf::ExprOf;
  ExprPtr base;
  Name name;
};
/// `f(a, n = b)`; `max(a, b)` too, where `max` is a NameExpr.
struct Call : ExprOf<Expr::Kind::Call> {
  using ExprOf::ExprOf;
  ExprPtr callee;
  std::vector<Argument> arguments;
};
struct Subscript : ExprOf<Expr::Kind::Subscript> {
  using ExprOf::ExprOf;
  ExprPtr base;
  std::vector<Index> indices;
};
/// `GPT2() with {"h.*": LoRA(rank = 8)}`; `map` is a Map.
struct With : ExprOf<Expr::Kind::With> {
  using ExprOf::ExprOf;
  ExprPtr base, map;
};

// ---- types ----

/// `.. | [stream] expr [from expr] [if expr]`
struct Axis {
  bool spread = false, stream = false;
  ExprPtr size, from, onlyIf; // all but size may be null; `onlyIf`: it is a stream only then
  Range range;
};

struct Type {
  enum class Kind { Tensor, Element, Named, List, Function, Tuple };
  struct Field {
    std::optional<Name> name;
    TypePtr type;
  };
  struct Argument { // of a function type: a name that is no type, or a type
    std::optional<Name> name;
    TypePtr type;
  };
  Kind kind;
  Range range;
  std::string name; // Element: f64 f32 f16 bf16 i64 i32 u8 bool; Tensor: the element, or empty; Named: the name (int,
                    // float, string, fn, block, Mask, …)
  std::vector<Axis> axes;      // Tensor
  TypePtr element;             // List
  std::vector<Argument> takes; // Function
  TypePtr gives;               // Function
  std::vector<Field> fields;   // Tuple
};

// ---- statements ----

/// `name`, `name: type` or `name[binders]`: what a statement or a member defines.
struct Target {
  Name name;
  TypePtr type;                               // may be null
  std::optional<std::vector<Binder>> binders; // present: an index statement
  Range range;
};

struct Statement {
  enum class Kind { Require, Bind, Results, For };
  enum class Op { Set, Add, Subtract, Multiply };
  Kind kind;
  Range range;
  // Require
  ExprPtr condition;
  std::string message;
  // Bind
  bool next = false;
  std::vector<Target> targets;
  Op op = Op::Set;
  // Bind, Results: several results are one bare Tuple
  ExprPtr value;
  // For
  Name first;
  std::optional<Name> second;
  ExprPtr over;
  std::unique_ptr<Body> body;
};

// ---- functions, blocks, files ----

/// `name [?] [: type] [= expr]`
struct Parameter {
  Name name;
  bool optional = false; // `?`
  TypePtr type;          // may be null
  ExprPtr value;         // the default; may be null
  Range range;
};

/// `@stored("c_attn", transposed)`
struct Attribute {
  Name name;
  std::vector<Argument> arguments;
  Range range;
};

struct Function {
  std::string doc;                           // `///` lines before it, joined by newlines
  std::optional<Name> name;                  // none: makes its block callable, or a Lambda
  std::vector<std::vector<Parameter>> lists; // at least one
  TypePtr result;                            // may be null
  ExprPtr body;                              // a Body for `{ … }`; after `=` any other expression, or a Body too
  bool equals = false;                       // written with `=`
  Range range;
  Range head; // from `fn` to the end of the result type
};

struct Member {
  enum class Kind { Parameter, State, Table, Bind, Function, Require };
  Kind kind;
  std::string doc;
  std::vector<Attribute> attributes;
  Range range;
  std::vector<Target> targets; // Parameter, State: one with its type; Table (`A[d in D]: param = …`): one with binders;
                               // Bind: one or more
  ExprPtr value;               // initialiser, bound expression, or the condition of Require
  ExprPtr condition;           // `if c` at the end; may be null
  std::string message;         // Require
  std::unique_ptr<Function> function; // Function
};

/// `block` or `model`.
struct Block {
  bool isModel = false;
  Name name;
  std::vector<std::vector<Parameter>> lists;
  std::vector<Member> members;
};

struct Use {
  std::vector<Name> path;  // std, or the name of a file beside
  std::vector<Name> names; // what is imported
  bool braces = false;     // written `{a, b}`
};

/// One entry of a recipe.
struct Setting {
  Name name;
  ExprPtr value;
  Range range;
};

struct Declaration {
  enum class Kind { Use, Block, Function, Type, Model, Value, Recipe };
  Kind kind;
  std::string doc;
  std::vector<Attribute> attributes;
  Range range;
  std::optional<Use> use;
  std::unique_ptr<Block> block;
  std::unique_ptr<Function> function;
  Name name;                     // Type, Model, Value, Recipe
  TypePtr type;                  // Type
  ExprPtr value;                 // Model, Value; Recipe: what is trained
  std::vector<Setting> settings; // Recipe
};

struct File {
  FileId file = 0;
  std::string doc; // `///` lines at the head that a `use` or a blank line follows
  std::vector<Declaration> declarations;
};

/// The tree as text, one node a line, indented, with positions (`--emit=ast`).
std::string print(const File &, const Sources &);

} // namespace heed::ast
