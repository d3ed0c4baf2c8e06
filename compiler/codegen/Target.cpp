// `native` means the feature bits that this machine has, never what LLVM thinks its name is: LLVM takes some machines
// for older ones.
#include "compiler/codegen/Target.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <mutex>
#include <vector>

namespace heed {

static void initialiseOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    llvm::InitializeNativeTargetAsmParser();
  });
}

/// Of tile registers, kernels use those of bf16; asking for more would refuse machines that run the code well.
static bool isWanted(llvm::StringRef feature) {
  return !feature.starts_with("amx") || feature == "amx-tile" || feature == "amx-bf16";
}

static std::string nativeFeatures() {
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    features.push_back((feature.second && isWanted(feature.first()) ? "+" : "-") + feature.first().str());
  std::sort(features.begin(), features.end());
  return llvm::join(features, ",");
}

/// Of all features that can be detected, those that the target has.
static std::string detectableFeatures(const llvm::MCSubtargetInfo &subtarget) {
  std::vector<std::string> features;
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    if (isWanted(feature.first()) && subtarget.checkFeatures(("+" + feature.first()).str()))
      features.push_back(feature.first().str());
  std::sort(features.begin(), features.end());
  return llvm::join(features, ",");
}

llvm::Expected<Target> Target::forCpu(llvm::StringRef cpu) {
  initialiseOnce();
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  std::string error;
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    return llvm::createStringError("no code generator for " + triple.str() + ": " + error);

  bool native = cpu == "native" || cpu == emulatingTiles;
  std::string base = native ? (triple.isX86() ? "x86-64" : "generic") : cpu.str();
  std::unique_ptr<llvm::MCSubtargetInfo> known(found->createMCSubtargetInfo(triple, "", ""));
  if (!known->isCPUStringValid(base))
    return llvm::createStringError("unknown CPU `" + cpu + "`; try `native`, `x86-64-v3` or `x86-64-v4`");

  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Fast;
  Target target;
  target.machine.reset(found->createTargetMachine(triple, base, native ? nativeFeatures() : "", options,
                                                  llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
  const llvm::MCSubtargetInfo &subtarget = *target.machine->getMCSubtargetInfo();
  target.features = detectableFeatures(subtarget);
  if (triple.isX86())
    target.vectorBits = subtarget.checkFeatures("+avx512f") ? 512 : subtarget.checkFeatures("+avx") ? 256 : 128;
  return target;
}

} // namespace heed
