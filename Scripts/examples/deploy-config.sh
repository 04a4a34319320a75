#!/usr/bin/env bash
# Releases an application's configuration from dev to prod in Parameter Store, and rolls it back when the check fails.
#
#   deploy-config.sh [application]
#
# Settings live under /<application>/<stage>/, secrets among them as SecureString. A release copies every dev setting that
# changed to prod and labels the versions it put there; a rollback makes the versions of the last good release current again.
set -euo pipefail

app=${1:-shop}
release="release-$(date -u +%Y%m%d%H%M%S)"

say() { printf '%s\n' "== $*"; }
fail() { printf '%s\n' "deploy-config: $*" >&2; exit 1; }

value() { aws ssm get-parameter --name "$1" --with-decryption --query Parameter.Value --output text; }
names() { aws ssm get-parameters-by-path --path "$1" --recursive --query 'Parameters[].Name' --output text | tr '\t' '\n'; }
type_of() { aws ssm get-parameter --name "$1" --query Parameter.Type --output text; }

expect() { # name value
    local found
    found=$(value "$1")
    [ "$found" = "$2" ] || fail "$1 is '$found' where '$2' was expected"
}

seed() {
    say "Setting up $app/dev"
    aws ssm put-parameter --name "/$app/dev/db/host" --value db.dev.internal --type String --overwrite >/dev/null
    aws ssm put-parameter --name "/$app/dev/db/password" --value 'correct horse' --type SecureString --overwrite >/dev/null
    aws ssm put-parameter --name "/$app/dev/workers" --value 4 --type String --allowed-pattern '[0-9]+' --overwrite >/dev/null
    aws ssm put-parameter --name "/$app/dev/regions" --value eu-west-1,us-east-1 --type StringList --overwrite >/dev/null
}

promote() { # label
    say "Promoting $app from dev to prod as $1"
    local name target
    for name in $(names "/$app/dev"); do
        target=${name/\/dev\//\/prod\/}
        if [ "$(value "$target" 2>/dev/null || true)" != "$(value "$name")" ]; then
            aws ssm put-parameter --name "$target" --value "$(value "$name")" --type "$(type_of "$name")" --overwrite >/dev/null
            printf '   %s\n' "$target"
        fi
        aws ssm label-parameter-version --name "$target" --labels "$1" >/dev/null
        aws ssm add-tags-to-resource --resource-type Parameter --resource-id "$target" \
            --tags "Key=application,Value=$app" Key=stage,Value=prod
    done
}

rollback() { # label
    say "Rolling $app/prod back to $1"
    local name
    for name in $(names "/$app/prod"); do
        aws ssm put-parameter --name "$name" --value "$(value "$name:$1")" --overwrite >/dev/null
    done
}

clean_up() {
    say "Cleaning up"
    local stage
    for stage in dev prod; do
        # shellcheck disable=SC2046 # the names have no blanks, and each is an argument of its own
        aws ssm delete-parameters --names $(names "/$app/$stage") --query 'DeletedParameters[]' --output text >/dev/null
    done
}

say "Deploying as $(aws sts get-caller-identity --query Arn --output text)"
seed
promote "$release"
expect "/$app/prod/db/password" 'correct horse'

aws ssm put-parameter --name "/$app/dev/workers" --value 16 --overwrite >/dev/null
if aws ssm put-parameter --name "/$app/dev/workers" --value many --overwrite >/dev/null 2>&1; then
    fail "a number of workers that is no number was taken"
fi
promote "$release-next"
expect "/$app/prod/workers" 16

rollback "$release"
expect "/$app/prod/workers" 4
tagged=$(aws ssm describe-parameters --parameter-filters "Key=tag:application,Values=$app" --query 'length(Parameters)')
[ "$tagged" = 4 ] || fail "$tagged parameters are tagged where 4 were expected"

clean_up
[ -z "$(names "/$app")" ] || fail "something was left behind"
say "Released and rolled back"
