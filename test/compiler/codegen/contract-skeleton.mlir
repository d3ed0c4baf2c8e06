// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=48 --heed-place --heed-write-loops=cpu=x86-64-v4 --canonicalize --cse --mlir-use-nameloc-as-prefix | FileCheck %s
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=16 --heed-place --heed-write-loops=cpu=x86-64-v3 --canonicalize --cse --mlir-use-nameloc-as-prefix | FileCheck %s --check-prefix=NARROW

!x = tensor<?x64xf32, #heed.axes<T, 64>>
!h = tensor<?x96xf32, #heed.axes<T, 96>>
!w = tensor<64x96xf32, #heed.axes<64, 96>>

// Rows of A and packed panels of B are read where they lie: nothing is copied. A tile is a call, its result a buffer, and the rows of the buffer go through
// the epilogue in vectors.
// CHECK-LABEL: func.func private @y(
// CHECK: %[[TILE:tile]] = memref.view %scratch
// CHECK-NOT: memref.view
// CHECK: scf.for %block = %r0 to %r1
// CHECK: scf.for %panel
// CHECK-NOT: vector.store
// CHECK: scf.for %m
// CHECK: call @heed.tile.48.f32(
// CHECK: scf.for %row
// CHECK: vector.load %[[TILE]]{{.*}} vector<16xf32>
// CHECK: math.absf {{.*}} vector<16xf32>
// CHECK: vector.store {{.*}} vector<16xf32>

// Tiles are functions of the module: 9 rows, and what is left in tiles of 6, 3 and 1. LLVM must not copy them into kernels.
// CHECK-LABEL: func.func private @heed.tile.48.f32(
// CHECK-SAME: passthrough = ["noinline"]
// CHECK: call @heed.tile.9x48.f32(
// CHECK: call @heed.tile.6x48.f32(
// CHECK: call @heed.tile.3x48.f32(
// CHECK: call @heed.tile.1x48.f32(
// CHECK-LABEL: func.func private @heed.tile.9x48.f32(
// CHECK: scf.for
// CHECK: llvm.intr.prefetch
// CHECK-COUNT-27: vector.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.fma
// CHECK-LABEL: func.func private @heed.tile.6x48.f32(

// NARROW-LABEL: func.func private @heed.tile.6x16.f32(
// NARROW-COUNT-12: vector.fma {{.*}} : vector<8xf32>
heed.model @Product digest "" precision "f32" {
heed.param @w : !w
heed.entry @forward(%x: !x {heed.input = "x"} loc("x"), %w: !w {heed.param = @w} loc("w")) -> (!h {heed.result = "y"}) attributes {sizes = ["T"]} {
  %q = heed.index sum contraction [t < T, o < 96 | i < 64] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !w) -> !h
  %y = heed.index none pointwise [t < T, o < 96] (%q[t, o]) {
  ^bb0(%0: f32):
    %1 = math.absf %0 : f32
    heed.yield %1 : f32
  } : (!h) -> !h loc("y")
  heed.return %y : !h
}
}
