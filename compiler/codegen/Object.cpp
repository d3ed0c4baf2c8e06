// Stage `llvm` to text, assembly or object files: LLVM's own pipeline for one processor, after the model's description
// has been added. The module is written once as bitcode; each part is read from that into a context of its own, on a
// thread of its own. What comes out does not depend on the number of threads.
#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Describe.h"
#include "compiler/codegen/Embed.h"
#include "compiler/codegen/Manifest.h"
#include "compiler/codegen/Parts.h"
#include "compiler/codegen/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/Threading.h"
#include "llvm/Transforms/Instrumentation/AddressSanitizer.h"

#include <atomic>
#include <numeric>
#include <thread>

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

namespace {

using Bytes = llvm::SmallVector<char, 0>;

/// A model as bitcode, and how it is to be cut.
struct Whole {
  Bytes bitcode;
  std::vector<std::string> order; // of its functions
  std::vector<Part> parts;
};

/// Everything but what describes the model is the object's own.
void internalise(llvm::Module &module) {
  for (llvm::GlobalObject &object : module.global_objects())
    if (!object.isDeclaration())
      object.setLinkage(llvm::GlobalValue::InternalLinkage);
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::NoUnwind);
}

/// LLVM's functions say as the dialect's did that they are vector code.
void markFast(ModuleOp from, llvm::Module &module) {
  for (auto function : from.getOps<LLVM::LLVMFuncOp>())
    if (function->hasAttr(fastName))
      if (llvm::Function *made = module.getFunction(function.getSymName()))
        made->addFnAttr(fastName);
}

llvm::Expected<Whole> translate(ModuleOp module, const CodegenOptions &options) {
  auto manifest = module->getAttrOfType<DictionaryAttr>(manifestName);
  if (!manifest)
    return llvm::createStringError("the module holds no compiled model");
  llvm::Expected<Target> target = Target::forCpu(options.cpu);
  if (!target)
    return target.takeError();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(module, context, manifest.getAs<StringAttr>("name").getValue());
  if (!code)
    return llvm::createStringError("the module could not be translated to LLVM IR");
  code->setTargetTriple(target->machine->getTargetTriple());
  code->setDataLayout(target->machine->createDataLayout());
  internalise(*code);
  markFast(module, *code);
  describe(manifest, {exportedName(module, options), options.cpu, target->features, options.onlyModel}, *code);

  Whole whole;
  whole.parts = cutIntoParts(*code);
  for (llvm::Function &function : *code)
    whole.order.push_back(function.getName().str());
  llvm::raw_svector_ostream out(whole.bitcode);
  llvm::WriteBitcodeToFile(*code, out);
  return whole;
}

// ---- one part ----

llvm::Expected<std::unique_ptr<llvm::Module>> readPart(const Whole &whole, const Part &part,
                                                       llvm::LLVMContext &context) {
  llvm::MemoryBufferRef buffer({whole.bitcode.data(), whole.bitcode.size()}, "model");
  auto module = llvm::getLazyBitcodeModule(buffer, context);
  if (!module)
    return module.takeError();
  if (llvm::Error error = reduceTo(part, **module))
    return error;
  return module;
}

/// Loads and stores look up whether their bytes belong to something. What a module's constructors would do is left out:
/// models have none, for they are loaded without.
void instrument(llvm::Module &module, llvm::PassBuilder &builder) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::SanitizeAddress);
  builder.registerOptimizerLastEPCallback([](llvm::ModulePassManager &passes, auto...) {
    passes.addPass(llvm::AddressSanitizerPass({}, /*UseGlobalGC=*/false, /*UseOdrIndicator=*/false,
                                              llvm::AsanDtorKind::None, llvm::AsanCtorKind::None));
  });
}

void optimise(llvm::Module &module, bool fast, bool instrumented, const Target &target) {
  llvm::PipelineTuningOptions tuning;
  if (fast) {
    tuning.LoopVectorization = tuning.LoopInterleaving = tuning.SLPVectorization = tuning.LoopUnrolling = false;
    for (llvm::Function &function : module)
      function.addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(target.machine.get(), tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graph, modules);
  if (instrumented)
    instrument(module, builder);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

llvm::Expected<std::string> generate(llvm::Module &module, const Target &target, llvm::CodeGenFileType type) {
  Bytes bytes;
  llvm::raw_svector_ostream out(bytes);
  llvm::legacy::PassManager generator;
  if (target.machine->addPassesToEmitFile(generator, out, nullptr, type))
    return llvm::createStringError("this target makes no object files");
  generator.run(module);
  return std::string(bytes.begin(), bytes.end());
}

/// The part's object file, or its optimised bitcode.
llvm::Expected<std::string> compile(const Whole &whole, const Part &part, bool toObject, bool instrumented,
                                    const Target &target) {
  llvm::LLVMContext context;
  auto module = readPart(whole, part, context);
  if (!module)
    return module.takeError();
  optimise(**module, part.fast, instrumented, target);
  if (toObject)
    return generate(**module, target, llvm::CodeGenFileType::ObjectFile);
  std::string bitcode;
  llvm::raw_string_ostream out(bitcode);
  llvm::WriteBitcodeToFile(**module, out);
  return bitcode;
}

// ---- all parts ----

/// In the order of the parts. The largest are begun first, each by the next thread that is free.
llvm::Expected<std::vector<std::string>> compileAll(const Whole &whole, bool toObjects, const CodegenOptions &options) {
  std::vector<unsigned> queue(whole.parts.size());
  std::iota(queue.begin(), queue.end(), 0);
  llvm::sort(queue, [&](unsigned a, unsigned b) {
    return std::pair(whole.parts[b].instructions, a) < std::pair(whole.parts[a].instructions, b);
  });
  std::vector<std::string> results(queue.size()), errors(queue.size());
  std::atomic<unsigned> next = 0;
  auto work = [&] {
    Target target = llvm::cantFail(Target::forCpu(options.cpu)); // `translate` has asked before
    for (unsigned i; (i = next++) < queue.size();) {
      unsigned part = queue[i];
      auto made = compile(whole, whole.parts[part], toObjects, toObjects && options.instrumented, target);
      if (made)
        results[part] = std::move(*made);
      else
        errors[part] = llvm::toString(made.takeError());
    }
  };
  unsigned wanted = options.threads ? options.threads : llvm::hardware_concurrency().compute_thread_count();
  std::vector<std::thread> others(std::min<size_t>(wanted, queue.size()) - 1);
  for (std::thread &thread : others)
    thread = std::thread(work);
  work();
  for (std::thread &thread : others)
    thread.join();
  for (std::string &error : errors)
    if (!error.empty())
      return llvm::createStringError(error);
  return results;
}

/// The optimised parts as one module, for people who read along: what was copied or hidden is internal again, functions
/// stand in their first order.
llvm::Expected<std::unique_ptr<llvm::Module>> joined(const Whole &whole, llvm::ArrayRef<std::string> parts,
                                                     llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> all;
  llvm::StringSet<> defined;
  for (const std::string &bitcode : parts) {
    auto part = llvm::parseBitcodeFile({bitcode, "model"}, context);
    if (!part)
      return part.takeError();
    for (llvm::Function &function : **part) {
      if (!function.hasInternalLinkage())
        continue;
      function.setLinkage(llvm::GlobalValue::ExternalLinkage);
      function.setVisibility(llvm::GlobalValue::HiddenVisibility);
      if (!defined.insert(function.getName()).second)
        function.deleteBody();
    }
    if (!all)
      all = std::move(*part);
    else if (llvm::Linker::linkModules(*all, std::move(*part)))
      return llvm::createStringError("the parts of the model do not fit together");
  }
  for (const std::string &name : whole.order)
    if (llvm::Function *function = all->getFunction(name))
      all->getFunctionList().splice(all->end(), all->getFunctionList(), function->getIterator());
  for (llvm::GlobalObject &object : all->global_objects())
    if (object.hasHiddenVisibility() && !object.isDeclaration()) {
      object.setVisibility(llvm::GlobalValue::DefaultVisibility);
      object.setLinkage(llvm::GlobalValue::InternalLinkage);
    }
  return all;
}

} // namespace

llvm::Expected<std::vector<std::string>> emitObjects(ModuleOp module, const CodegenOptions &options) {
  llvm::Expected<Whole> whole = translate(module, options);
  return whole ? compileAll(*whole, /*toObjects=*/true, options) : whole.takeError();
}

llvm::Expected<std::string> emitText(ModuleOp module, CodeText form, const CodegenOptions &options) {
  llvm::Expected<Whole> whole = translate(module, options);
  if (!whole)
    return whole.takeError();
  auto parts = compileAll(*whole, /*toObjects=*/false, options);
  if (!parts)
    return parts.takeError();
  llvm::LLVMContext context;
  auto all = joined(*whole, *parts, context);
  if (!all)
    return all.takeError();
  if (form == CodeText::Assembly) {
    llvm::Expected<Target> target = Target::forCpu(options.cpu);
    return target ? generate(**all, *target, llvm::CodeGenFileType::AssemblyFile) : target.takeError();
  }
  std::string text;
  llvm::raw_string_ostream(text) << **all;
  return text;
}

} // namespace heed
