// Runs the program on compile-time values and writes down what it does to data. One object per model that is checked.
//
// Each group of methods has a file of its own: Models, Blocks, Lists, States, Replacements, Stored, Functions,
// Signatures, Statements, Loops, Rolling, Scans, Routes, Expressions, Operators, Branches, IndexNotation, BinderRanges,
// Subscripts, Attention, CallBuiltins, WholeTensors, Draws, Tensors, Bounds, Recipes, Gradients, Unused, Alone. Errors
// are reported once, where a person can mend them, and give Poison, which spreads in silence.
#pragma once

#include "lang/check/Check.h"
#include "lang/check/Prover.h"
#include "lang/check/Values.h"
#include "lang/diagnostics/Diagnostics.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

namespace heed {

class Elaborator {
public:
  Elaborator(Sources &sources, const Package &package, const CheckOptions &options, Diagnostics &diagnostics);
  /// The model, or null after an error.
  std::unique_ptr<checked::Program> run();
  /// One declaration of the main file by itself; true if numbers stood for what a caller would say.
  bool runAlone(const ast::Declaration &, unsigned attempt);

private:
  using ScopePtr = std::shared_ptr<Scope>;
  using DataPtr = std::shared_ptr<const Data>;
  /// Arguments of a call, by position first, then by name.
  struct Argument {
    std::string name; // empty: by position
    Value value;
    Range range;
  };
  using Arguments = std::vector<Argument>;
  /// A condition in force: of an `if`, an `and`, a `where`.
  struct Condition {
    const Expr *expr;
    bool innermostWhere; // of the reduction that directly surrounds: it is tested there, so reads need not repeat it
  };

  // ---- Models.cpp: the model, its entries ----
  std::string readerOf(const std::string &architecture) const;
  const ast::Declaration *chooseModel(Arguments &hyper, Range &range);
  void readCheckpointAttribute(const ast::Declaration &, Arguments &hyper);
  void readNames(const ast::Attribute &);
  void readAs(const ast::Attribute &, Arguments &hyper);
  std::string joinedWithPrefix(const std::string &name) const;
  const ast::Declaration *modelIn(const ast::Expr &, const Package::File &) const;
  Value derivedModel(const ast::Declaration &);
  void elaborateEntry(const ast::Function &, const BlockRef &model);
  std::optional<double> fillOf(const ast::Parameter &, const ast::Function &, const ScopePtr &);
  void elaborateVariant(const ast::Function &, const BlockRef &model, std::vector<std::string> without,
                        checked::Entry::Fills);
  bool entryInput(checked::Entry &, const ast::Parameter &, const BlockRef &model, Arguments &);
  bool isInput(const ast::Parameter &, Scope &);
  bool leftOut(checked::Entry &, const ast::Parameter &, const BlockRef &model, Arguments &);
  bool addInput(checked::Entry &, const ast::Parameter &, const ast::Type &, const ScopePtr &blockScope, Arguments &);
  bool streams(const ast::Axis &, const ScopePtr &);
  bool streamFrom(checked::Entry &, const ast::Parameter &, const BlockRef &model);
  void entryResults(checked::Entry &, const ast::Function &, const Value &);

  // ---- Blocks.cpp: making blocks, their members ----
  Value makeBlock(const BlockMaker &, Arguments, Range call);
  void bindBlock(const std::shared_ptr<Instance> &, Place, StoredAs, std::shared_ptr<const Instance> alike);
  void elaborateMember(Instance &, const ast::Member &, const ScopePtr &);
  void elaborateParameter(Instance &, const ast::Member &, const ScopePtr &);
  bool shapeFits(const std::vector<SizeExpr> &axes, const std::string &name, Range);
  void addRow(Instance &, checked::Parameter &, const ast::Member &, const std::string &name, const ScopePtr &);
  static std::string join(const std::string &path, const std::string &name);
  static Place join(const Place &, const std::string &name);
  std::optional<Value> field(const BlockRef &, std::string_view name, Range);
  static std::vector<std::string> membersOf(const Instance &);
  bool isBound(const BlockRef &, Range);
  std::shared_ptr<const Callable> methodOf(const BlockRef &, const ast::Function &);
  ScopePtr blockScope(const BlockRef &);
  Value rowData(const checked::Tensor *whole, bool stacked, int64_t row, Range);
  Value callBlock(const BlockRef &, Arguments, Range call);

  // ---- Lists.cpp: lists, blocks in lists ----
  bool comprehend(const ast::Comprehension &, const ScopePtr &, std::vector<Value> &items,
                  std::vector<ScopePtr> &scopes);
  Value evalComprehension(const ast::Comprehension &, const ScopePtr &);
  static bool turnsOf(const Value &over, std::vector<Value> &turns);
  void bindMember(Instance &, const ast::Member &, const Value &, const ScopePtr &, const std::vector<ScopePtr> &each);
  void bindWithin(const Value &, const Place &, const StoredAs &, const Value *alike);
  Value reversed(const Value &, Range);
  Value partOfList(const ast::Index &, const Value &list, const ScopePtr &);

  // ---- Alone.cpp: functions and blocks that no model uses ----
  SizeExpr inputSize(const std::string &name);
  std::optional<Arguments> triedValues(const std::vector<ast::Parameter> &, const ScopePtr &, bool ofBlock);
  bool isSymbolic(const ast::Parameter &, Scope &);
  void tryFunction(const Callable &);

  // ---- Unused.cpp ----
  void reportUnusedParameters();

  // ---- Recipes.cpp ----
  struct Recipe;
  void checkRecipe(const ast::Declaration &);
  void checkSetting(Recipe &, const ast::Setting &);
  void checkData(Recipe &, const ast::Setting &);
  void checkTokenizer(const ast::Expr &);
  void checkObjective(Recipe &, const ast::Setting &);
  void checkDraws(const checked::Entry &objective);
  void checkOptimizer(Recipe &, const ast::Setting &);
  void checkRate(const ast::Expr &);
  void checkEvaluate(Recipe &, const ast::Setting &);
  void checkGroups(Recipe &, const ast::Setting &);
  void checkShard(Recipe &, const ast::Setting &);
  void checkMesh(Recipe &, const ast::Setting &);
  void checkPath(const std::string &pattern, Range);
  const checked::Entry *entryNamed(const ast::Expr &);
  std::optional<double> numberIn(const ast::Expr &, double least, double below, std::string_view what);
  bool wholeIn(const ast::Expr &, std::string_view what);
  Diagnostic &misfit(const ast::Expr &, std::string_view setting, std::string_view wanted);

  // ---- States.cpp: what lasts from call to call ----
  void elaborateState(Instance &, const ast::Member &, const ScopePtr &);
  const Expr *initialElement(const ast::Expr &, const std::string &path, const ScopePtr &,
                             const std::vector<const IndexVar *> &indices, Element);
  std::optional<Value> stateSize(const Instance &, std::string_view name) const;
  void bindStateSize(const std::string &name, const SizeExpr &, const ScopePtr &);
  void addStateRow(Instance &, checked::State &, const ast::Member &, const std::string &name, const ScopePtr &);
  const checked::Tensor *stateTensor(const Instance &, const checked::State &, Range);
  Value stateData(const Instance &, const Instance::StateSlot &, Range);
  Value evalNext(const ast::Statement &, const ScopePtr &);
  bool nextState(const ast::Target &, Value, Range statement, const ScopePtr &);
  bool mayBeNext(const Instance::StateSlot &, const ast::Target &);

  // ---- Replacements.cpp: `with` ----
  Value evalWith(const ast::With &, const ScopePtr &);
  Value replacedWithin(Value, const std::vector<ReplacementBelow> &);
  Value replaced(Value, const std::vector<ReplacementBelow> &);
  static std::vector<ReplacementBelow> below(const std::vector<ReplacementBelow> &, const std::string &name);
  static bool takenOver(const Instance &, const std::string &name);
  void reportUnused();
  static void blockPaths(const Value &, const Instance &within, std::vector<std::string> &);

  // ---- Routes.cpp: blocks that data picks ----
  Value pickedFrom(const std::shared_ptr<const List> &, const ast::Subscript &, const Value &index, const ScopePtr &);
  Value callPicked(const BlockRef &, Arguments, Range call);
  void routeStacks(checked::Op &, const Turn &, const List &among);
  DataPtr along(const std::vector<const IndexVar *> &, const DataPtr &element, const std::string &name, Range);
  void indicesIn(const Expr *, std::vector<const IndexVar *> &);
  void indicesOf(const Data &, std::vector<const IndexVar *> &);
  bool routeRows(checked::Op &, Arguments &, const std::vector<DataPtr> &, Range call);

  // ---- Stored.cpp: names in checkpoints ----
  StoredAs storedAs(const Instance &parent, const ast::Member &, const std::string &name, const ScopePtr &,
                    std::optional<int64_t> number = {});
  static StoredAs storedUnder(StoredAs around, const std::string &name);
  std::string interpolate(const std::string &text, Scope &, Range);
  void fillParts(checked::Parameter &, int64_t row, const Instance &, const ast::Member &, const std::string &name,
                 const ScopePtr &);
  void keepCopiesApart();

  // ---- Functions.cpp, Signatures.cpp: calls ----
  Value call(const Value &callee, Range calleeRange, Arguments, Range);
  Value callFunction(const Callable &, Arguments, Range call);
  Value callDeclared(const Callable &, Arguments, Range call);
  Value joinedBooleans(bool conjunction, const Value &a, const std::function<Value()> &right, Range);
  Value callNamed(const Callable &, const std::vector<std::pair<std::string, Value>> &, Range call);
  Value promised(const Callable &, Value result);
  bool bindParameters(const std::vector<ast::Parameter> &, Arguments, Scope &, const ScopePtr &scope, Range call,
                      std::string_view what);
  bool bindSizes(const ast::Parameter &, const ast::Type &, const Value &, Scope &, const ScopePtr &, Range at,
                 bool solve);
  bool bindAxis(const ast::Axis &, const SizeExpr &actual, Scope &, const ScopePtr &, Range at, const ast::Parameter &,
                bool solve);
  Element elementOf(const ast::Type &) const;
  static std::string resultName(std::string_view what);
  bool holds(Element, const Data &, Range at, std::string_view what);
  Value coerce(const ast::Type &, Value, const ScopePtr &, Range at, std::string_view what);
  Value coerceTensor(const ast::Type &, const Value &, const ScopePtr &, Range at, std::string_view what);
  void shapeFault(const ast::Type &, const std::vector<SizeExpr> &axes, const Data &, const ScopePtr &, Range at,
                  std::string_view what);
  Value coerceFunction(const ast::Type &, Value, const ScopePtr &, Range at, std::string_view what);
  std::optional<std::vector<SizeExpr>> axesOf(const ast::Type &, const ScopePtr &);
  const ast::Type *resolveAlias(const ast::Type &, Scope &);
  Value functionResult(const ast::Function &, Value, const ScopePtr &, Range);
  Arguments evalArguments(const std::vector<ast::Argument> &, const ScopePtr &);

  // ---- Statements.cpp, Loops.cpp, Rolling.cpp, Kinds.cpp, Scans.cpp ----
  Value evalBody(const ast::Body &, const ScopePtr &);
  void noEffect(const ast::Statement &, const Value &);
  Value evalStatement(const ast::Statement &, const ScopePtr &);
  Value evalBind(const ast::Statement &, const ScopePtr &);
  static ast::Binary::Op operatorOf(ast::Statement::Op);
  void nameAfter(const Data &, const std::string &name);
  Value bindTarget(const ast::Target &, Value, const ScopePtr &);
  void evalRequire(const ast::Expr &condition, const std::string &message, Range, const ScopePtr &);
  DataPtr everywhere(const Expr *condition, Range);
  void requireSizes(ast::Binary::Op, const SizeExpr &, const SizeExpr &, const std::string &message, Range);
  Value evalFor(const ast::Statement &, const ScopePtr &);
  void poisonTargets(const ast::Statement &, const ScopePtr &);
  Value notYetLoop(const ast::Statement &, std::string_view what, const ScopePtr &);
  Value writeOut(const ast::Statement &, const std::vector<Value> &turns, const ScopePtr &);
  Value loopValue(const ast::Statement &, const std::vector<std::string> &carried, const ScopePtr &);
  class Rolling;
  using Rows = std::map<std::pair<const checked::Tensor *, int64_t>, int64_t>;
  void rowsBeside(const Value &, const Value &, Rows &);
  checked::Op::Stack stackOf(const checked::Tensor *source, const checked::Tensor *layer, std::vector<int64_t> rows);
  const checked::Tensor *sliceOf(Turn &, const checked::Tensor *source, int64_t row, std::optional<int64_t> count = {});
  struct Scan;
  Value scanOver(const ast::Statement &, const SpanValue &, const ScopePtr &);
  bool scanCarries(Scan &, const ScopePtr &);
  bool scanTurn(Scan &, const ScopePtr &);
  DataPtr handedOn(Scan &, size_t carry);
  DataPtr storedForLoop(DataPtr, const std::string &name, const ast::Statement &loop);
  DataPtr backwards(const DataPtr &, Range);
  Value scanResults(Scan &, const ScopePtr &);
  Value evalTurn(const ast::Body &, const ScopePtr &);
  static bool isTurn(std::string_view name, const ScopePtr &);
  static std::vector<std::string> collectedIn(const ast::Body &, const ast::Statement &loop);
  Value gathered(const Collected &, const std::string &loop, const DataPtr &all, Range);
  DataPtr sideBySide(const std::vector<DataPtr> &slices, Range);
  void collectTurns(const ast::Statement &, const std::vector<Value> &turns,
                    const std::map<std::string, std::vector<Value>> &collected, const ScopePtr &);
  bool covers(const ast::Statement &, const std::string &loop, const SizeExpr &low, const std::string &name);
  std::vector<std::string> reboundIn(const ast::Body &, const ScopePtr &);
  void rebind(const std::string &name, Value, const ScopePtr &);
  bool sameType(const Data &, const Data &);
  bool sameAxes(const Data &, const Data &);
  static std::string typeText(const Data &);

  // ---- Expressions.cpp, Operators.cpp ----
  Value eval(const ast::Expr &, const ScopePtr &);
  bool tooMuchWork(Range);
  ScopePtr fileScope(const Package::File *);
  Value evalName(const std::string &, Range, const ScopePtr &);
  std::optional<Value> lookup(std::string_view name, Range, const ScopePtr &);
  Value declared(const Package::File &, const ast::Declaration &, Range);
  Value evalDot(const ast::Dot &, const ScopePtr &);
  Value evalCall(const ast::Call &, const ScopePtr &);
  Value unary(ast::Unary::Op, const Value &, Range);
  Value evalLogical(const ast::Binary &, const ScopePtr &);
  Value binary(ast::Binary::Op, const Value &, const Value &, Range, Range left, Range right);
  Value finite(Value, Range);
  Value numbers(ast::Binary::Op, const Value &, const Value &, Range, Range left, Range right);
  std::string unevenText(const Number &, const Number &, Range left, Range right);
  std::optional<Value> sizes(ast::Binary::Op, const SizeExpr &, const SizeExpr &, Range);
  std::optional<bool> order(ast::Binary::Op, const Data &, const Data &);
  Value elementwise(ScalarOp, const DataPtr &, const DataPtr &, bool swapped, Range, Range left, Range right);
  Value selectValue(const DataPtr &condition, const DataPtr &a, const DataPtr &b, Range);

  // ---- Branches.cpp ----
  struct Branch {
    Range range;
    std::unique_ptr<checked::Body> body; // what it does, if it may be done on its own
    Value value;
  };
  struct Results { // of both branches, in pairs
    bool tuple;
    std::vector<std::string> names;
    std::vector<DataPtr> data[2];
  };
  Value evalIf(const ast::If &, const ScopePtr &);
  std::optional<Results> pairedResults(const Branch (&)[2], Range);
  Value together(const Results &, std::vector<Value>);
  Value select(const DataPtr &condition, const Branch (&)[2], Range);
  Value branch(const Expr *condition, Branch (&)[2], Range);
  const checked::Tensor *givenBy(Branch &, const DataPtr &, const std::vector<SizeExpr> &axes, Element);
  std::optional<SizeExpr> atLeastZero(const Expr *condition);

  // ---- Tensors.cpp: data as values ----
  DataPtr scalar(const Expr *, bool literal = false);
  DataPtr wholeTensor(const checked::Tensor *);
  /// The value as data, or null with an error.
  DataPtr toData(const Value &, Range, std::string_view what = "this");
  /// The element of a scalar; null for a tensor.
  const Expr *scalarOf(const Data &);
  /// Compile-time again, where a scalar turned out to be constant.
  Value simplified(DataPtr);
  /// Stored under a name, where it is more than a view of something stored.
  DataPtr materialised(DataPtr, const std::string &name, Range, std::optional<Element> as = {});
  DataPtr stored(DataPtr, const std::string &name, Range);
  bool roundLast(const Data &, Element);
  DataPtr tableOf(const Data &, const std::string &name, Range);
  DataPtr tableOf(const std::shared_ptr<const List> &, Range);
  DataPtr tableWith(std::vector<double> numbers, const Data &like, const std::string &name, Range);
  /// `what` says what happens to the two shapes: "adds {1} to {0}".
  std::optional<std::vector<SizeExpr>> broadcast(std::string_view what, const Data &, const Data &, Range, Range left,
                                                 Range right);
  std::string shapeAndOrigin(const Data &, Range);
  checked::Tensor *newTensor(std::string name, Element, std::vector<SizeExpr> axes, Range);
  static Element storageOf(Element type);
  static std::string axisName(const Data &, size_t axis);

  // ---- IndexNotation.cpp, BinderRanges.cpp: definitions, reductions, the ranges of their binders ----
  struct Bound { // one binder with its index variables: one, several for `..`, parts for a composite
    const ast::Binder *binder;
    std::vector<const IndexVar *> indices;
    std::vector<Bound> parts;
    bool turn = false; // the variable of a loop around: what is defined is one turn's part of the whole
  };
  struct Ranges;
  Value evalDefinition(const std::vector<const ast::Target *> &, const ast::Expr &, const ScopePtr &,
                       const ast::Expr *old = nullptr, ast::Binary::Op = ast::Binary::Op::Add);
  Value definedFrom(const std::vector<Bound> &, const DataPtr &element, Range);
  DataPtr grouped(DataPtr flat, const std::vector<size_t> &groups, Range);
  Value evalReduce(const ast::Reduce &, const ScopePtr &);
  Value reduceData(checked::Reduction, bool mean, const std::vector<const IndexVar *> &, const Expr *where,
                   const DataPtr &body, Range);
  bool bindBinders(const std::vector<ast::Binder> &, const std::vector<const ast::Expr *> &scanned,
                   const ScopePtr &inner, const ScopePtr &outer, std::vector<Bound> &);
  bool makeBound(const ast::Binder &, Ranges &, const ScopePtr &inner, const ScopePtr &outer, Bound &);
  void scanRanges(const ast::Expr &, Ranges &, const ScopePtr &);
  void scanSubscript(const ast::Subscript &, Ranges &, const ScopePtr &);
  void scanIndex(const ast::Index &, const SizeExpr &axis, Ranges &, const ScopePtr &);
  std::optional<Value> baseOf(const ast::Expr &, Ranges &, const ScopePtr &);
  void solveComposites(Ranges &, const ScopePtr &);
  bool evalWhere(const ast::Expr &, const ScopePtr &, const Expr *&where);
  bool isView(const Data &, Range);
  static void collect(const std::vector<Bound> &, std::vector<const IndexVar *> &);

  // ---- Subscripts.cpp ----
  Value evalSubscript(const ast::Subscript &, const ScopePtr &);
  Value subscriptData(const ast::Subscript &, DataPtr base, const ScopePtr &);
  bool tooManyIndices(const ast::Subscript &, const Data &base);
  Value subscriptList(const ast::Subscript &, const Value &base, const ScopePtr &);
  struct Address { // one axis of the base: a position, or a stretch of it that becomes an axis of the result
    const Expr *at = nullptr;
    std::optional<SizeExpr> low, length;
    bool checked = false, guarded = false;
  };
  bool address(const ast::Index &, const SizeExpr &axis, size_t number, const Data &base, Range baseRange,
               const ScopePtr &, Address &);
  const Expr *position(const ast::Expr &, const ScopePtr &);
  void requireForm(const SizeExpr &atLeastZero, const std::string &message, Range);
  static std::optional<SizeExpr> sizeOf(const Expr *);
  bool computed(const Expr *);
  bool staysInTable(const Expr *at, const SizeExpr &axis, size_t number, Range);
  DataPtr addressed(const DataPtr &base, std::vector<Address>, Range);
  const Expr *guardedBy(const Expr *, const std::vector<const Expr *> &guards);
  DataPtr splitComposite(const ast::Index &, DataPtr base, size_t axis, const ScopePtr &, std::vector<Address> &parts);
  DataPtr apart(const DataPtr &, size_t axis, const std::vector<SizeExpr> &factors, Range);

  // ---- Attention.cpp ----
  Value evalAttend(const ast::Attend &, const ScopePtr &);
  const checked::RowProgram *rowProgram(const Value &by, const SizeExpr &keys,
                                        const std::vector<const IndexVar *> &around, Range);

  // ---- CallBuiltins.cpp ----
  Value callBuiltin(const std::string &name, Arguments, Range);
  Value elementwiseBuiltin(ScalarOp, const Value &, Range);
  Value leastOrMost(bool least, const Arguments &, Range);
  Value evalConfig(const ast::Call &, const ScopePtr &);
  Value meaningOf(const ConfigValue &, const Dictionary &meanings, const std::string &key, Range);
  Value castTo(Element, const Value &, Range);

  // ---- WholeTensors.cpp ----
  std::optional<size_t> axisArgument(const Arguments &, size_t rank, Range);
  Value concat(const Arguments &, Range);
  Value split(const Arguments &, Range);
  Value sorted(const std::string &name, const Arguments &, Range);
  struct Sorted {
    DataPtr values, positions;
  };
  Sorted sortedAlong(const DataPtr &, size_t axis, const SizeExpr &count, bool descending, Range);
  struct Lifted {
    const checked::Tensor *tensor;
    std::vector<const IndexVar *> around; // what its first axes stand for
  };
  Lifted lifted(const DataPtr &, const std::string &name, Range);
  const Expr *readLifted(const checked::Tensor *, const std::vector<const IndexVar *> &around,
                         std::span<const Expr *const> positions, Range);
  DataPtr reshaped(const DataPtr &, std::vector<SizeExpr> axes, Range);

  // ---- Draws.cpp ----
  uint32_t siteOf(const std::string &place);
  Value draw(const std::string &name, const Arguments &, Range);

  // ---- Bounds.cpp: what is known about indices ----
  /// What one proof may use: facts about the variables that occur in it.
  struct Question {
    Facts facts;
    std::map<const IndexVar *, unsigned> variables;
    unsigned next = 0;
  };
  Question question() const;
  unsigned variableOf(const IndexVar *, Question &);
  /// Assumes a condition while it lives.
  class Assumed {
  public:
    Assumed(Elaborator &, const Expr *condition, bool innermostWhere = false);
    ~Assumed();
    Assumed(const Assumed &) = delete;

  private:
    Elaborator &in;
    std::vector<Condition> before;
  };
  void assume(const Expr *, Question &);
  std::optional<Linear> linear(const Expr *, Question &);
  enum class Proof { No, UnderConditions, Always };
  Proof inside(const Expr *position, const SizeExpr &axis);
  std::string missingGuard(const Expr *position, const SizeExpr &axis, std::string_view text);
  bool atLeast(const Expr *position, const Linear &least, Question &, int sign);
  bool readsData(const Expr *e) { return !make.dataFree(e); }
  bool mayHold(const Expr *condition);
  std::vector<const Expr *> guards() const;
  std::vector<const Expr *> wheres() const;
  bool sizesAgree(const SizeExpr &, const SizeExpr &);

  // ---- reporting (Elaborator.cpp) ----
  /// Reports a fault at `range`; inside the standard library it is reported at the call that led there, with the line
  /// inside as a note.
  template <typename... Args>
  Diagnostic &fault(Kind kind, Range range, fmt::format_string<Args...> text, Args &&...args) {
    return placed(diagnostics.error(kind, mendable(range), text, std::forward<Args>(args)...), range);
  }
  Value notYet(Range, std::string_view what);
  /// The value stands where a whole number is needed, and is none: "an axis", "`size`".
  Diagnostic &notWhole(Kind, Range, std::string_view what, const Value &);
  Range mendable(Range) const;
  Diagnostic &placed(Diagnostic &, Range) const;
  bool inLibrary(Range) const;

  std::unique_ptr<checked::Op> newOp(checked::Op::Kind, Range) const;
  checked::Op &append(checked::Op::Kind, Range);

  Sources &sources;
  const Package &package;
  const CheckOptions &options;
  Diagnostics &diagnostics;
  std::unique_ptr<checked::Program> program;
  Scalars make;

  std::map<const Package::File *, ScopePtr> fileScopes;
  std::map<const ast::Declaration *, Value> declaredValues;
  ast::ExprPtr modelExpression;                                      // of `--model`: values may refer to its nodes
  std::map<std::string, std::vector<checked::Parameter *>> stacksAt; // by path: one, but for lists of unequal blocks
  std::vector<std::unique_ptr<checked::Body>> discarded;             // turns that do what others do already
  std::vector<std::unique_ptr<checked::Op>> discardedOps;
  std::string storedPrefix; // of the checkpoint that is read
  Range modelCall;          // where the model is asked for: no line that a person called it from

  bool alone = false;        // a declaration is run by itself
  unsigned attempt = 0;      // 0: with symbols for the sizes of its inputs
  bool triedNumbers = false; // for what a caller would say
  size_t steps = 0;          // expressions that were run
  bool exhausted = false;

  // Where we are.
  checked::Body *body = nullptr; // what ops are appended to; null while blocks are made
  Turn *turn = nullptr;          // of the innermost loop whose turns are written down on their own
  checked::Entry *entry = nullptr;
  std::map<const Instance *, std::map<std::string, SizeExpr, std::less<>>> stateSizes; // in this entry
  struct NextValue {
    const checked::State *state;
    std::optional<int64_t> row; // none: of a loop over its blocks
    Range range;
  };
  std::vector<NextValue> nexts;                                  // in this entry
  std::map<std::string, std::vector<checked::State *>> statesAt; // by path, as stacksAt
  std::vector<std::shared_ptr<Replacement>> replacements;
  unsigned withs = 0;
  const ast::Block *readBlock = nullptr; // whose hyper-parameters the checkpoint sets, where nothing else is said
  Arguments readHyper;
  std::vector<Range> members; // that are being made, outermost first
  unsigned handedIn = 0;      // > 0 within a block that came as a hyper-parameter, or a model that is part of another
  /// Parameters, and where a person would take them away; those of what was made elsewhere are left out.
  std::vector<std::pair<const checked::Parameter *, Range>> removable;
  unsigned routes = 0;                       // > 0 within the function of a block that data picks
  checked::Body *once = nullptr;             // within a scan: the body around all scans
  std::vector<const IndexVar *> scanIndices; // of the scans that run, outermost first
  struct CallSite {
    Range range;
    bool library;                    // what is called is in the standard library
    const Instance *block = nullptr; // whose function it is; null: of none
  };
  std::vector<CallSite> calls; // outermost first
  std::vector<std::vector<const IndexVar *>>
      spreads;                           // what `..` means, innermost last; an empty entry hides the outer ones
  unsigned indexDepth = 0;               // > 0 within index notation
  std::vector<const IndexVar *> inForce; // outermost first
  /// Puts indices in force while it lives.
  class InForce {
  public:
    InForce(Elaborator &in, const std::vector<const IndexVar *> &more) : all(in.inForce), before(all.size()) {
      all.insert(all.end(), more.begin(), more.end());
    }
    ~InForce() { all.resize(before); }
    InForce(const InForce &) = delete;

  private:
    std::vector<const IndexVar *> &all;
    size_t before;
  };
  /// Within a row program: the indices of the attend around it, which it may mention.
  const std::vector<const IndexVar *> *aroundRow = nullptr;
  std::optional<SizeExpr> rowKeys; // how many keys there are, seen or not
  bool isAroundRow(const IndexVar *v) const {
    return aroundRow && std::find(aroundRow->begin(), aroundRow->end(), v) != aroundRow->end();
  }
  std::map<const ast::Expr *, Value>
      bases;             // what is indexed in this statement, and was run to know its axes: it is not run again
  std::string drawPlace; // the path of the block, or of the parameter, that draws
  std::map<std::string, unsigned> draws; // how many there are by place
  std::map<uint32_t, std::string> sites;
  bool initialising = false; // within a parameter's initialiser

  std::vector<Condition> conditions;
  std::vector<Linear> required; // what `require` said of sizes
};

} // namespace heed
