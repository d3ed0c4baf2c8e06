// Stage `llvm` to text, assembly or an object file: LLVM's own pipeline for one processor, after the model's
// description has been added.
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Describe.h"
#include "compiler/codegen/Manifest.h"
#include "compiler/codegen/Target.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"

using namespace mlir;

namespace heed {

std::string exportedName(ModuleOp module, const CodegenOptions &options) {
  auto manifest = module->getAttrOfType<DictionaryAttr>(manifestName);
  std::string name = options.name.empty() ? manifest.getAs<StringAttr>("name").getValue().lower() : options.name;
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  return name;
}

/// Everything but what describes the model is the object's own.
static void internalise(llvm::Module &module) {
  for (llvm::GlobalObject &object : module.global_objects())
    if (!object.isDeclaration())
      object.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::NoUnwind);
}

static void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graph, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

llvm::Expected<std::string> emitCode(ModuleOp module, CodeForm form, const CodegenOptions &options) {
  auto manifest = module->getAttrOfType<DictionaryAttr>(manifestName);
  if (!manifest)
    return llvm::createStringError("the module holds no compiled model");
  llvm::Expected<Target> target = Target::forCpu(options.cpu);
  if (!target)
    return target.takeError();
  std::string name = exportedName(module, options);

  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(module, context, manifest.getAs<StringAttr>("name").getValue());
  if (!code)
    return llvm::createStringError("the module could not be translated to LLVM IR");
  code->setTargetTriple(target->machine->getTargetTriple());
  code->setDataLayout(target->machine->createDataLayout());
  internalise(*code);
  describe(manifest, {name, options.cpu, target->features, options.onlyModel}, *code);
  optimise(*code, *target->machine);

  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  if (form == CodeForm::Llvm) {
    out << *code;
  } else {
    llvm::legacy::PassManager generator;
    auto type = form == CodeForm::Assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
    if (target->machine->addPassesToEmitFile(generator, out, nullptr, type))
      return llvm::createStringError("this target makes no object files");
    generator.run(*code);
  }
  return std::string(bytes.begin(), bytes.end());
}

} // namespace heed
