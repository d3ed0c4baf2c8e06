// Each stage is reached by name, and text of a stage goes through its own pipeline unchanged.
// RUN: heed-opt %s --heed-to-heed | FileCheck %s --check-prefix=HEED
// RUN: heed-opt %s --heed-to-derived | FileCheck %s --check-prefixes=HEED,DERIVED
// RUN: heed-opt %s --heed-to-kernels | FileCheck %s --check-prefix=KERNELS
// RUN: heed-opt %s --heed-to-loops=backend=plain | FileCheck %s --check-prefix=LOOPS
// RUN: heed-opt %s --heed-to-llvm | FileCheck %s --check-prefix=LLVM
// RUN: heed-opt %s --heed-to-kernels -o %t && heed-opt %t --heed-to-kernels -o %t.again && diff %t %t.again

// HEED: heed.index none pointwise
// DERIVED-NOT: heed.stop
// KERNELS: heed.kernel @rows rows
// KERNELS: places [#heed.place<output 0
// LOOPS-NOT: heed.kernel
// LOOPS: func.func
// LLVM-NOT: func.func
// LLVM: llvm.func
heed.model @M digest "" precision "f32" {
heed.entry @f(%x: tensor<?xf32, #heed.axes<T>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"}) attributes {sizes = ["T"]} {
  %s = heed.stop %x : tensor<?xf32, #heed.axes<T>>
  %y = heed.index none [t < T] (%s[t]) {
  ^bb0(%0: f32):
    %1 = math.exp %0 : f32
    heed.yield %1 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
  heed.return %y : tensor<?xf32, #heed.axes<T>>
}
}
