#include "compiler/codegen/pass_pipeline.h"

#include <utility>

#include "compiler/codegen/idiom_probes.h"
#include "compiler/codegen/loop_addresses.h"
#include "compiler/codegen/scatter_loops.h"
#include "compiler/codegen/short_blocks.h"
#include "compiler/codegen/wide_products.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/OptimizationLevel.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

namespace wasijit::compiler {
namespace {

// Scalar optimisation of one function at a time. By default instcombine ends
// the process when once around was not enough.
constexpr char kQuickPipeline[] =
    "function(early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,"
    "loop-mssa(loop-rotate,licm),loop(indvars),gvn,dse,bdce,simplifycfg)";

// Which of the places for peephole optimisations in LLVM's pipeline is the last
// before the loop passes, after inlining.
constexpr int kPeepholeBeforeLoops = 2;

// Of the C library only the functions that images have slots for.
llvm::TargetLibraryInfoImpl AllowedLibraryFunctions(
    const llvm::Module& module) {
  llvm::TargetLibraryInfoImpl functions(module.getTargetTriple());
  functions.disableAllFunctions();
  functions.setAvailable(llvm::LibFunc_memcpy);
  functions.setAvailable(llvm::LibFunc_memmove);
  functions.setAvailable(llvm::LibFunc_memset);
  return functions;
}

llvm::ModulePassManager BuildPipeline(llvm::PassBuilder& builder,
                                      OptimizationLevel level) {
  llvm::ModulePassManager passes;
  if (level == OptimizationLevel::kFull) {
    passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
  } else {
    llvm::cantFail(builder.parsePassPipeline(passes, kQuickPipeline));
  }
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(IdiomProbesPass()));
  return passes;
}

// Without the set of analyses that passes can ask for: registering them takes
// longer than this.
void PrepareFastSelection(llvm::Module& module) {
  llvm::FunctionAnalysisManager none;
  for (llvm::Function& function : module) {
    if (!function.isDeclaration()) ShortBlocksPass().run(function, none);
  }
}

}  // namespace

llvm::CodeGenOptLevel CodeGenLevel(OptimizationLevel level) {
  return level == OptimizationLevel::kNone ? llvm::CodeGenOptLevel::None
                                           : llvm::CodeGenOptLevel::Default;
}

void OptimizeModule(llvm::Module& module, llvm::TargetMachine& machine,
                    OptimizationLevel level) {
  if (level == OptimizationLevel::kNone) {
    PrepareFastSelection(module);
    return;
  }
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager call_graph;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.MergeFunctions = false;
  tuning.SLPVectorization = true;
  llvm::PassBuilder builder(&machine, tuning);
  functions.registerPass([&] {
    return llvm::TargetLibraryAnalysis(AllowedLibraryFunctions(module));
  });
  int peephole = 0;
  builder.registerPeepholeEPCallback(
      [&](llvm::FunctionPassManager& passes, llvm::OptimizationLevel) {
        if (++peephole == kPeepholeBeforeLoops) {
          passes.addPass(LoopAddressesPass());
        }
      });
  builder.registerVectorizerStartEPCallback(
      [](llvm::FunctionPassManager& passes, llvm::OptimizationLevel) {
        passes.addPass(ScatterLoopsPass());
      });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(call_graph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, call_graph, modules);
  llvm::ModulePassManager passes;
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(WideProductsPass()));
  passes.addPass(BuildPipeline(builder, level));
  passes.run(module, modules);
}

}  // namespace wasijit::compiler
