//! Weights that a training starts from: a file of PyTorch's, matched to the net.

use super::DatasetError;
use hilum_io::{file_name, weights::read_pytorch};
use hilum_learn::{Architecture, Array, NetPlan, Taken, Weights, from_imagenet};
use std::path::Path;

/// The weights of `plan` with the body of a `.pth` file, the head drawn from `seed`.
///
/// # Errors
/// [`DatasetError::NoPretrained`] for a net that does not start from such a file, [`DatasetError::WeightsFile`] for a file
/// that cannot be read, [`DatasetError::OtherWeights`] for one of another net.
pub(super) fn pretrained(path: &Path, plan: &NetPlan, seed: u64) -> Result<Weights, DatasetError> {
    let net = plan.architecture.name();
    let Architecture::EfficientNetLite0 { .. } = plan.architecture else {
        return Err(DatasetError::NoPretrained { net });
    };
    let arrays = read_pytorch(path).map_err(|source| DatasetError::WeightsFile { source })?;
    let named = arrays.into_iter().map(|a| (a.name, Array { shape: a.shape, values: a.values }));
    from_imagenet(plan, &Weights(named.collect()), Taken::Body, seed)
        .map_err(|source| DatasetError::OtherWeights { file: file_name(path), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hilum_learn::Channels;
    use std::path::PathBuf;

    fn vector(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/learn").join(name)
    }

    fn plan(stem: usize) -> NetPlan {
        let channels = Channels { stem, stages: [8, 4, 4, 8, 12, 12, 20], top: 76 };
        NetPlan::new(Architecture::EfficientNetLite0 { channels, dropout: 0.2 }, 1, [32, 32], 2)
    }

    fn message(error: DatasetError) -> String {
        crate::error::with_causes(&error)
    }

    #[test]
    fn the_body_is_that_of_the_file() {
        let weights = pretrained(&vector("efficientnet_narrow.pth"), &plan(4), 1).unwrap();
        let file = std::fs::read(vector("efficientnet_narrow.safetensors")).unwrap();
        let (theirs, _) = Weights::from_safetensors(&file).unwrap();
        assert_eq!(weights.0["top.weight"], theirs.0["_conv_head.weight"]);
        assert_eq!(weights.0["blocks.2.depthwise.weight"], theirs.0["_blocks.2._depthwise_conv.weight"]);
        assert_eq!(weights.0["head.weight"].shape, [76, 1]);
    }

    #[test]
    fn what_does_not_serve_is_refused_with_the_file_and_the_reason() {
        let refused = |name: &str, stem| message(pretrained(&vector(name), &plan(stem), 1).unwrap_err());
        let other = refused("efficientnet_narrow.pth", 8);
        assert!(
            other.contains("efficientnet_narrow.pth") && other.contains("is [4], where it has [8]"),
            "{other}"
        );
        let part = refused("stem_zip.pth", 4);
        assert!(part.contains("stem_zip.pth") && part.contains("are missing"), "{part}");
        let foreign = refused("efficientnet.json", 4);
        assert!(foreign.contains("not a whole file of PyTorch weights"), "{foreign}");
        let net = NetPlan::new(Architecture::named("residual").unwrap(), 1, [64, 64], 2);
        let other_net = message(pretrained(&vector("efficientnet_narrow.pth"), &net, 1).unwrap_err());
        assert!(other_net.contains("residual"), "{other_net}");
    }
}
