// The one class of name resolution: a walk over a file with the names that are known at each place. Its functions stand
// by subject in ResolveDeclarations.cpp, ResolveStatements.cpp, ResolveExpressions.cpp and ResolveNames.cpp.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/check/Builtins.h"
#include "lang/check/Package.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace heed {

/// What a name stands for at some place. What is declared in files is no binding.
struct Binding {
  enum class Kind {
    HyperParameter,
    Field,     // a parameter, table or value of the block
    State,     // likewise
    Method,    // a function of the block
    Size,      // bound by a signature or a state's type
    Parameter, // of a function
    Value,     // bound by a statement
    Loop,      // the variable of a `for`
    Element,   // the variable of a comprehension
    Binder,    // an index
  };
  Kind kind;
  Range range;
  const ast::Function *method = nullptr; // Method
  std::set<std::string> collects = {};   // Value: loops over whose index it is collected

  bool isOfFunction() const { return kind >= Kind::Size; }
};

/// Which functions and blocks mention which: they must not lead back to themselves. Nodes are declarations and
/// functions of blocks.
class CallGraph {
public:
  void add(const void *from, const void *to, std::string name, Range at) {
    std::vector<Edge> &out = edges[from];
    if (out.empty())
      order.push_back(from);
    out.push_back({to, std::move(name), at});
  }
  void reportCycles(Diagnostics &) const;

private:
  struct Edge {
    const void *to;
    std::string name;
    Range at;
  };
  void search(const void *node, std::vector<const Edge *> &path, std::set<const void *> &done, Diagnostics &) const;

  std::map<const void *, std::vector<Edge>> edges;
  std::vector<const void *> order; // as they stand in the files
};

class Resolver {
public:
  Resolver(const Package &package, const Package::File &file, CallGraph &calls, Diagnostics &diagnostics)
      : package(package), file(file), calls(calls), diagnostics(diagnostics) {}

  void wholeFile();

private:
  using Level = std::map<std::string, Binding, std::less<>>;

  // ---- declarations
  void declaration(const ast::Declaration &);
  void block(const ast::Block &);
  void fieldNames(const ast::Block &);
  void member(const ast::Member &);
  void hyperParameters(const ast::Block &);
  void function(const ast::Function &);
  void parameters(const ast::Function &);
  void duplicates(const std::vector<std::vector<ast::Parameter>> &);
  void recipe(const ast::Declaration &);
  void checkpointAttributes(const ast::Declaration &);
  void storedAttributes(const ast::Member &);
  void attribute(const ast::Attribute &, std::vector<std::string> options, std::string_view flag);
  const ast::Block *trained(const ast::Expr *, const Package::File &, unsigned depth = 0) const;

  // ---- types
  void bindSizes(const ast::Type *);
  void bindSizes(const ast::Expr *);
  void type(const ast::Type *);
  void functionType(const ast::Type &);
  void typeName(const std::string &name, Range);

  // ---- statements
  void body(const ast::Body &);
  void statement(const ast::Statement &);
  void bind(const ast::Statement &);
  void bindValue(const ast::Target &);
  void nextState(const ast::Name &);
  void statesEnd(const ast::Block &) const;
  void loop(const ast::Statement &);

  // ---- expressions
  void expr(const ast::ExprPtr &e) { expr(e.get()); }
  void expr(const ast::Expr *);
  void reduction(const ast::Reduce &);
  void attend(const ast::Attend &);
  void comprehension(const ast::Comprehension &);
  void call(const ast::Call &);
  void dot(const ast::Dot &);
  void index(const ast::Index &);
  void map(const ast::Map &);
  void binderRanges(const std::vector<ast::Binder> &);
  /// Binders of a target may be the indices of the loops around it; those of a reduction are always its own.
  enum class Binds { Target, Reduction };
  void bindBinders(const std::vector<ast::Binder> &, Binds);
  void bindBinders(const std::vector<ast::Binder> &, Binds, std::map<std::string, Range> &first);
  void endBinders(const std::vector<ast::Binder> &);
  void placeholders(const std::string &text, Range within);

  /// What a call's arguments may be named, where the callee can be known from names alone.
  struct Callee {
    std::string name;
    const std::vector<std::vector<ast::Parameter>> *lists = nullptr;
    size_t list = 0;
    const Builtin *builtin = nullptr;
  };
  std::optional<Callee> callee(const ast::Expr *) const;
  std::optional<Callee> declared(const Package::Symbol &) const;
  void argumentNames(const ast::Call &, const Callee &);
  void onceEach(const std::vector<ast::Argument> &);

  // ---- names
  const Binding *lookup(std::string_view name) const;
  void bindName(const ast::Name &, Binding);
  void reference(const std::string &name, Range);
  bool standardName(const ast::Name &);
  void mention(const Package::Symbol &, std::string_view name, Range);
  struct Unknown {
    std::string name;
    Range range;
    bool index = false; // it is all of an index
  };
  void reportUnknown(const Unknown &, size_t firstBinder);
  std::string mendOf(const Unknown &) const;
  std::string shortNames() const;
  std::vector<std::string> known() const;

  /// A level of names for as long as this lives.
  class Nested {
  public:
    explicit Nested(Resolver &resolver) : resolver(resolver) { resolver.levels.emplace_back(); }
    ~Nested() { resolver.levels.pop_back(); }
    Nested(const Nested &) = delete;

  private:
    Resolver &resolver;
  };

  /// An index after its end: in this statement, by the reduction it belonged to, or with an earlier statement of the
  /// function.
  struct EndedBinder {
    std::string name;
    Range range;
  };
  /// What a statement, or what stands in its place, holds back until its end: a name is reported once all its binders
  /// are known.
  class Sentence {
  public:
    explicit Sentence(Resolver &resolver) : resolver(resolver), firstBinder(resolver.endedBinders.size()) {
      std::swap(outer, resolver.unknown);
    }
    ~Sentence();
    Sentence(const Sentence &) = delete;

  private:
    Resolver &resolver;
    size_t firstBinder;
    std::vector<Unknown> outer;
  };

  const Package &package;
  const Package::File &file;
  CallGraph &calls;
  Diagnostics &diagnostics;

  std::vector<Level> levels;
  std::vector<Unknown> unknown;          // of the statement at hand
  std::set<std::string> told;            // unknown names that were reported, of the declaration at hand
  std::set<std::string> toldOfFile;      // and those that an import would mend
  std::vector<EndedBinder> endedBinders; // of the function at hand
  std::set<std::string> endedValues;     // bound in loops of the function at hand
  const ast::Block *inBlock = nullptr;
  std::set<std::string> nextStates; // of the block at hand: those with a `next`
  const void *node = nullptr;       // whose calls these are
  unsigned functionDepth = 0;
  bool configAllowed = false, inRecipe = false, inIndex = false;
};

} // namespace heed
