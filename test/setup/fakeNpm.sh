#!/bin/sh
# Stands in for npm on the PATH of a test: it records how it was called and does what FAKE_NPM says.
# Not in JavaScript, because Node takes longer to start than all of this.
behavior=${FAKE_NPM:-install}
words=
case $behavior in *' '*) words=${behavior#* } behavior=${behavior%% *} ;; esac

list=
for argument; do list="$list${list:+,}\"$argument\""; done
key=${SILICONFLOW_API_KEY+",\"key\":\"$SILICONFLOW_API_KEY\""}
was_there=$([ -e node_modules ] && echo true || echo false)
if [ "$behavior $1" = 'sleep install' ]; then
	# As npm does, which goes on for many seconds.
	trap '' INT TERM HUP
	mkdir -p node_modules/half
fi
echo "{\"args\":[$list],\"pid\":$$$key,\"wasThere\":$was_there}" >>"$FAKE_NPM_LOG"

if [ "$behavior" = unreachable ] || { [ "$behavior" = fail ] && [ "$1" = install ]; }; then
	echo "$words" >&2
	exit 1
fi
[ "$1" = install ] || exit 0
if [ "$behavior" = stale ]; then
	case $* in *--prefer-offline*)
		echo 'npm error code ETARGET' >&2
		exit 1
		;;
	esac
fi

case $behavior in
sleep) exec sleep 600 ;;
keep)
	echo '{"packages":{}}' >node_modules/.package-lock.json
	exit 0
	;;
esac

packages='some gulp jest tsx'
case "$NODE_ENV $*" in 'production '*--include=dev*) ;; 'production '*) packages=some ;; esac
installed=
for name in $packages; do
	mkdir -p "node_modules/$name" node_modules/.bin
	echo '{}' >"node_modules/$name/package.json"
	[ "$behavior" = forget ] || : >"node_modules/.bin/$name"
	installed="$installed${installed:+,}\"node_modules/$name\":{}"
done
while [ "$behavior" = slow ] && [ ! -e go-on ]; do sleep 0.05; done
echo "{\"packages\":{$installed}}" >node_modules/.package-lock.json
