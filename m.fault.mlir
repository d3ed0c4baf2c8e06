module {
  heed.model @A digest "ba3519140db09fc2" precision "f32" {
    heed.entry @f(%x: tensor<?xf32, #heed.axes<B>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<B>> {heed.result = "f"}) attributes {arena_bytes = #heed.size<0>, sizes = ["B"]} {
      %x_0 = heed.kernel @x rows (%x) {
      ^bb0(%arg0: tensor<?xf32, #heed.axes<B>>):
        %x_1 = heed.index none pointwise [i0 < B] (%arg0[i0]) {
        ^bb0(%arg1: f32):
          heed.yield %arg1 : f32
        } : (tensor<?xf32, #heed.axes<B>>) -> tensor<?xf32, #heed.axes<B>>
        heed.yield %x_1 : tensor<?xf32, #heed.axes<B>>
      } places [#heed.place<output 0, bytes = 4*B>] : (tensor<?xf32, #heed.axes<B>>) -> tensor<?xf32, #heed.axes<B>>
      heed.return %x_0 : tensor<?xf32, #heed.axes<B>>
    }
  }
}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: "builtin.module(heed-write-loops{backend=cpu cpu=zx81 }, heed-verify-dialects{allowed={builtin,func,scf,memref,arith,math,vector,llvm}})",
      disable_threading: true,
      verify_each: true
    }
  }
#-}
