// A graph of what names what, and which roots reach each function and constant. Roots are the exports (together one
// root, the host's), every function whose address a function hands on (a kernel's range), and larger functions that
// several roots reach.
#include "compiler/codegen/Parts.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Error.h"

using namespace llvm;

namespace heed {
namespace {

/// Functions up to this size are copied into every part that calls them.
constexpr unsigned smallFunction = 64;
/// Kernels are put together up to this size: each part costs a run of the pass pipeline.
constexpr unsigned worthAPart = 500;

class Cutter {
public:
  explicit Cutter(llvm::Module &module) : module(module) {
    for (GlobalObject &object : module.global_objects())
      if (!object.isDeclaration())
        collectUses(object);
  }

  std::vector<Part> cut() {
    findRoots();
    while (reach())
      ;
    std::vector<Part> parts = assign();
    setLinkage(parts);
    return parts;
  }

private:
  // ---- the graph ----

  void collectUses(GlobalObject &object) {
    auto *function = dyn_cast<Function>(&object);
    if (!function) {
      collectConstant(cast<GlobalVariable>(object).getInitializer(), uses[&object]);
      return;
    }
    for (Instruction &instruction : instructions(*function))
      for (Use &use : instruction.operands()) {
        auto *constant = dyn_cast<Constant>(use);
        auto *named = dyn_cast_or_null<Function>(constant);
        auto *call = dyn_cast<CallBase>(&instruction);
        if (named && !named->isDeclaration() && !(call && call->isCallee(&use)))
          launched.insert(named);
        if (constant)
          collectConstant(constant, uses[&object]);
      }
  }

  static void collectConstant(Constant *constant, SetVector<GlobalObject *> &into) {
    if (auto *object = dyn_cast<GlobalObject>(constant)) {
      if (!object->isDeclaration())
        into.insert(object);
      return;
    }
    for (Use &operand : constant->operands())
      if (auto *inner = dyn_cast<Constant>(operand))
        collectConstant(inner, into);
  }

  // ---- who is reached from where ----

  static bool isExport(const GlobalObject &object) {
    return object.hasExternalLinkage() && object.hasDefaultVisibility();
  }

  /// Root 0 is the host's, the others are functions in the order of the module.
  void findRoots() {
    roots.push_back({});
    for (Function &function : module)
      if (!function.isDeclaration() && isExport(function))
        roots[0].push_back(&function);
    for (Function &function : module)
      if (launched.contains(&function) && !isExport(function))
        addRoot(function);
  }
  void addRoot(Function &function) {
    rootOf[&function] = roots.size();
    roots.push_back({&function});
  }

  /// Sets `reachedBy`. True if a function has become a root of its own, and all is to be done again.
  bool reach() {
    reachedBy.clear();
    for (auto [number, starts] : enumerate(roots)) {
      SmallVector<GlobalObject *> open(starts);
      while (!open.empty()) {
        GlobalObject *object = open.pop_back_val();
        auto other = rootOf.find(object);
        if (other != rootOf.end() && other->second != number)
          continue;
        if (reachedBy[object].insert(number))
          append_range(open, uses[object]);
      }
    }
    bool added = false;
    for (Function &function : module)
      if (reachedBy[&function].size() > 1 && function.getInstructionCount() > smallFunction) {
        addRoot(function);
        added = true;
      }
    return added;
  }

  // ---- parts ----

  /// The units of functions are put together, plain with plain and fast with fast, until they are worth a part.
  std::vector<Part> assign() {
    std::vector<Part> units(roots.size());
    for (GlobalObject &object : module.global_objects()) {
      auto found = reachedBy.find(&object);
      if (found == reachedBy.end() || found->second.empty())
        continue;
      bool copied = found->second.size() > 1 && isa<Function>(object);
      // A constant of several parts lies in the first, where the others find it.
      for (unsigned root : copied ? ArrayRef(found->second.getArrayRef()) : ArrayRef<unsigned>(found->second.front()))
        define(object, units[root]);
    }
    std::vector<Part> parts{std::move(units[0])};
    std::optional<unsigned> open[2];
    for (Part &unit : drop_begin(units)) {
      std::optional<unsigned> &into = open[unit.fast];
      if (!into) {
        into = parts.size();
        parts.push_back({{}, 0, unit.fast});
      }
      Part &part = parts[*into];
      for (std::string &name : unit.names)
        if (!is_contained(part.names, name))
          part.names.push_back(std::move(name));
      part.instructions += unit.instructions;
      if (part.instructions >= worthAPart)
        into.reset();
    }
    return parts;
  }

  static void define(GlobalObject &object, Part &unit) {
    unit.names.push_back(object.getName().str());
    if (auto *function = dyn_cast<Function>(&object)) {
      unit.instructions += function->getInstructionCount();
      unit.fast |= function->hasFnAttribute(fastName);
    }
  }

  void setLinkage(ArrayRef<Part> parts) {
    StringMap<unsigned> partOf, copies;
    for (auto [number, part] : enumerate(parts))
      for (const std::string &name : part.names) {
        partOf[name] = number;
        ++copies[name];
      }
    SmallPtrSet<GlobalObject *, 16> shared;
    for (auto &[object, used] : uses)
      for (GlobalObject *other : used)
        if (copies[other->getName()] == 1 &&
            (copies[object->getName()] > 1 || partOf[other->getName()] != partOf[object->getName()]))
          shared.insert(other);
    for (GlobalObject &object : module.global_objects()) {
      if (object.isDeclaration() || isExport(object))
        continue;
      bool hidden = shared.contains(&object);
      object.setVisibility(GlobalValue::DefaultVisibility); // what is internal has no other
      object.setLinkage(hidden ? GlobalValue::ExternalLinkage : GlobalValue::InternalLinkage);
      if (hidden)
        object.setVisibility(GlobalValue::HiddenVisibility);
    }
  }

  llvm::Module &module;
  MapVector<GlobalObject *, SetVector<GlobalObject *>> uses;
  DenseSet<const Function *> launched;
  std::vector<SmallVector<GlobalObject *>> roots;
  DenseMap<GlobalObject *, unsigned> rootOf;
  DenseMap<GlobalObject *, SetVector<unsigned>> reachedBy;
};

} // namespace

std::vector<Part> cutIntoParts(llvm::Module &module) { return Cutter(module).cut(); }

llvm::Error reduceTo(const Part &part, llvm::Module &module) {
  llvm::StringSet<> kept;
  for (const std::string &name : part.names)
    kept.insert(name);
  for (Function &function : module) {
    if (function.isDeclaration() || kept.contains(function.getName()))
      continue;
    function.deleteBody(); // its linkage is external afterwards
  }
  for (GlobalVariable &variable : module.globals()) {
    if (variable.isDeclaration() || kept.contains(variable.getName()))
      continue;
    variable.setInitializer(nullptr);
    variable.setLinkage(GlobalValue::ExternalLinkage);
  }
  return module.materializeAll();
}

} // namespace heed
